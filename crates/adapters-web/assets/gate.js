import { Scanner } from "./scanner.js";
import { GateList } from "./gate-list.js";
import { keepPage } from "./offline.js";

// The gate: tickets are checked in as they are read; without a network, by the list that was kept.

/** @typedef {{ kind: string, word: string, text: string }} Verdict */

const SEND_EVERY_MS = 5_000;
const FETCH_LIST_EVERY_MS = 300_000;

const gate = part("[data-gate]", HTMLElement);
const path = gate.dataset.gate ?? "";
const form = part("[data-form]", HTMLFormElement);
const code = part("#code", HTMLInputElement);
const list = new GateList(gate.dataset.performance ?? "", `${path}/list`);
let busy = false;

/**
 * @template {Element} T
 * @param {string} selector
 * @param {new () => T} kind
 * @returns {T}
 */
function part(selector, kind) {
  const found = document.querySelector(selector);
  if (!(found instanceof kind)) throw new Error(`there is no ${selector}`);
  return found;
}

/** @param {string} name */
const text = (name) => gate.dataset[name] ?? "";

/** @param {Verdict} verdict */
function show({ kind, word, text: more }) {
  part("[data-verdict]", HTMLElement).className = `verdict ${kind}`;
  part("[data-word]", HTMLElement).textContent = word;
  part("[data-text]", HTMLElement).textContent = more;
  if ("vibrate" in navigator) navigator.vibrate(kind === "good" ? 80 : [120, 80, 120]);
}

/**
 * Sends a check-in; gives nothing where there is no network.
 * @param {string} ticket
 * @param {string} key
 * @param {string} name
 * @returns {Promise<Verdict | undefined>}
 */
async function send(ticket, key, name) {
  const body = new URLSearchParams({ key, code: ticket, gate: name });
  const answer = await fetch(`${path}/check-in`, { method: "POST", body, signal: AbortSignal.timeout(8_000) }).catch(() => undefined);
  if (!answer || answer.status >= 500) return undefined;
  if (answer.status === 401 || answer.status === 403) return { kind: "bad", word: text("badWord"), text: text("signedOut") };
  if (answer.status === 429) return undefined;
  if (!answer.ok) return { kind: "bad", word: text("badWord"), text: text("badText") };
  return answer.json();
}

/**
 * Takes a code, if no other is being checked in.
 * @param {string} ticket
 */
function take(ticket) {
  if (busy) return false;
  if (ticket !== "") void checkIn(ticket);
  return true;
}

/** @param {string} ticket */
async function checkIn(ticket) {
  busy = true;
  const key = crypto.randomUUID();
  const name = part("#gate", HTMLInputElement).value;
  show((await send(ticket, key, name)) ?? (await offline(ticket, key, name)));
  code.value = "";
  code.focus();
  busy = false;
  void report();
}

/**
 * What the list says to a ticket.
 * @param {string} ticket
 * @param {string} key
 * @param {string} name
 * @returns {Promise<Verdict>}
 */
async function offline(ticket, key, name) {
  const known = await list.look(ticket);
  switch (known.kind) {
    case "valid":
      await list.keep({ ticket, key, name, id: known.id });
      return { kind: "pending", word: text("offlineWord"), text: `${known.who} – ${text("offlineText")}` };
    case "used":
      return { kind: "used", word: text("usedWord"), text: `${known.who} – ${text("usedHere")}` };
    case "unverified":
      return { kind: "used", word: text("badWord"), text: `${known.who} – ${text("unverified")}` };
    case "forged":
      return { kind: "bad", word: text("badWord"), text: text("badText") };
    default:
      return { kind: "bad", word: text("badWord"), text: text("unlisted") };
  }
}

/** Sends what was kept while there was no network, and says what was refused of it. */
async function deliver() {
  for (const one of await list.pending()) {
    const verdict = await send(one.ticket, one.key, one.name);
    if (!verdict || (verdict.kind === "bad" && verdict.text === text("signedOut"))) break;
    await list.done(one.id);
    if (verdict.kind !== "good") {
      const item = document.createElement("li");
      item.textContent = `${text("late")} ${one.id} – ${verdict.word} – ${verdict.text}`;
      part("[data-conflicts]", HTMLElement).append(item);
    }
  }
  await report();
  setTimeout(deliver, SEND_EVERY_MS);
}

async function report() {
  const [waiting, known] = [(await list.pending()).length, await list.size()];
  const kept = known === 0 ? text("noList") : text("list").replace("COUNT", String(known));
  const line = waiting === 0 ? kept : `${text("pending").replace("COUNT", String(waiting))} · ${kept}`;
  const shown = part("[data-network]", HTMLElement);
  if (shown.textContent !== line) shown.textContent = line;
}

async function refresh() {
  await list.fetch().catch(() => undefined);
  await report();
  setTimeout(refresh, FETCH_LIST_EVERY_MS);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  take(code.value.trim());
});
void Scanner.offer(part("[data-camera]", HTMLButtonElement), part("[data-video]", HTMLVideoElement), take);
void refresh();
void deliver();
// Without it, the page works for as long as it is open.
void keepPage(path).catch(() => undefined);
