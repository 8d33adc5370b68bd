import { Caller } from "./caller.js";

// The waiting room: asks for one's own place as often as the server says, and goes on when it is one's turn.

/**
 * @typedef {object} State
 * @property {"waiting" | "turn" | "ended" | "away"} state
 * @property {string} say
 * @property {string | null} number
 * @property {number | null} aheadCount
 * @property {string | null} ahead
 * @property {string | null} wait
 * @property {string | null} left
 * @property {number} pollAfterMs
 * @property {string | null} onward
 */

/** What is read out is changed at most this often. */
const SAY_EVERY_MS = 15_000;
/** How long the good news is shown before the page goes on. */
const PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 30_000;

const room = part("[data-line]");
const caller = new Caller(part("[data-call]"));
const title = document.title;
let heard = performance.now();
let said = -Infinity;
let failures = 0;

/**
 * @param {string} selector
 * @returns {HTMLElement}
 */
function part(selector) {
  const found = document.querySelector(selector);
  if (!(found instanceof HTMLElement)) throw new Error(`there is no ${selector}`);
  return found;
}

/**
 * Reads something out: at once what matters, and the rest politely.
 * @param {string} text
 * @param {boolean} atOnce
 */
function say(text, atOnce) {
  const now = performance.now();
  if (!atOnce && now - said < SAY_EVERY_MS) return;
  const region = part("[data-status]");
  if (region.textContent !== text) region.textContent = text;
  said = now;
}

/**
 * How far it has gone since one joined, kept for as long as this tab is there.
 * @param {State} state
 */
function progress(state) {
  const bar = document.querySelector("[data-progress]");
  if (!(bar instanceof HTMLProgressElement) || state.aheadCount === null) return;
  const key = `line ${room.dataset.place} ${state.number}`;
  const first = Math.max(Number(sessionStorage.getItem(key) ?? 0), state.aheadCount);
  sessionStorage.setItem(key, String(first));
  bar.max = first + 1;
  bar.value = first + 1 - state.aheadCount - (state.state === "waiting" ? 1 : 0);
}

/** @param {State} state */
function show(state) {
  for (const [name, value] of Object.entries({
    "[data-ahead]": state.ahead,
    "[data-number]": state.number,
    "[data-wait]": state.wait,
    "[data-left]": state.left,
  })) {
    part(name).textContent = value ?? "–";
  }
  progress(state);
  document.title = state.state === "waiting" ? `(${state.ahead}) ${title}` : title;
  say(state.say, state.state !== "waiting" || said === -Infinity);
}

/** @param {State} state */
function end(state) {
  room.classList.add("over");
  const turn = part("[data-turn]");
  turn.textContent = state.say;
  turn.hidden = false;
  const onward = part("[data-onward]");
  if (onward instanceof HTMLAnchorElement && state.onward) onward.href = state.onward;
  onward.hidden = false;
  part("[data-call]").hidden = true;
  part("[data-pulse]").hidden = true;
  part("[data-leave]").hidden = state.state !== "turn";
  if (state.state !== "turn") return;
  const news = room.dataset.yourTurn ?? "";
  document.title = `${news} ${title}`;
  caller.call(news, state.say);
  if (state.onward) {
    const { onward } = state;
    setTimeout(() => location.assign(onward), PAUSE_MS);
  }
}

function pulse() {
  const lost = failures > 0;
  const mark = part("[data-pulse]");
  mark.classList.toggle("live", !lost);
  mark.classList.toggle("lost", lost);
  const seconds = Math.round((performance.now() - heard) / 1000);
  const text = lost ? (room.dataset.lost ?? "").replace("SECONDS", String(seconds)) : (room.dataset.live ?? "");
  if (mark.textContent !== text) mark.textContent = text;
}

async function poll() {
  let pause = Math.min(LONGEST_PAUSE_MS, 1_000 * 2 ** Math.min(failures, 5));
  try {
    const answer = await fetch(room.dataset.line ?? "", { signal: AbortSignal.timeout(20_000) });
    if (!answer.ok) throw new Error(String(answer.status));
    /** @type {State} */
    const state = await answer.json();
    failures = 0;
    heard = performance.now();
    show(state);
    if (state.state !== "waiting") {
      end(state);
      return;
    }
    pause = state.pollAfterMs;
  } catch {
    failures += 1;
  }
  pulse();
  // Not all at the same instant after something was away.
  setTimeout(poll, pause * (1 + Math.random() / 5));
}

setInterval(pulse, 1_000);
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
void poll();
