// A sale while it runs: asks again and again how it is going, draws the last hour, and says what new figures would do.

/**
 * @typedef {object} Figures
 * @property {string} state
 * @property {[number, number, number, number]} drawn waiting, active, sold, and how many were admitted ever
 */

/** @typedef {[number, number, number, number, number]} Sample the moment in seconds, and what is drawn */

const ASK_EVERY_MS = 2_000;
const HOUR_S = 3_600;
const MINUTE_S = 60;
/** A sample is kept this often. */
const KEEP_EVERY_S = 10;
const [WIDTH, HEIGHT] = [300, 80];

const sale = part("[data-sale]");
const path = sale.dataset.sale ?? "";
const lang = sale.dataset.lang ?? "en";
const kept = `sale ${path}`;
/** @type {Sample[]} */
let samples = remembered();
/** @type {Sample[]} */
let recent = [];
let heard = performance.now();

/**
 * @param {string} selector
 * @returns {HTMLElement}
 */
function part(selector) {
  const found = document.querySelector(selector);
  if (!(found instanceof HTMLElement)) throw new Error(`there is no ${selector}`);
  return found;
}

/** @returns {Sample[]} */
function remembered() {
  try {
    const known = JSON.parse(sessionStorage.getItem(kept) ?? "[]");
    return Array.isArray(known) ? known : [];
  } catch {
    return [];
  }
}

/** @param {Figures} figures */
function show(figures) {
  for (const [name, value] of Object.entries(figures)) {
    const shown = document.querySelector(`[data-figure="${name}"]`);
    if (shown && typeof value === "string" && shown.textContent !== value) shown.textContent = value;
  }
  part("[data-state]").textContent = figures.state;
  const now = Date.now() / 1000;
  /** @type {Sample} */
  const sample = [now, ...figures.drawn];
  recent = [...recent.filter(([at]) => now - at <= MINUTE_S), sample];
  const last = samples.at(-1);
  if (!last || now - last[0] >= KEEP_EVERY_S) {
    samples = [...samples.filter(([at]) => now - at <= HOUR_S), sample];
    sessionStorage.setItem(kept, JSON.stringify(samples));
  }
  admitted(sample);
  draw(now, sample);
}

/**
 * How many are admitted a minute, by those of the last one.
 * @param {Sample} sample
 */
function admitted(sample) {
  const first = recent[0];
  const seconds = first ? sample[0] - first[0] : 0;
  if (!first || seconds < KEEP_EVERY_S) return;
  const people = Math.round(((sample[4] - first[4]) * MINUTE_S) / seconds);
  part("[data-admitted]").textContent = people.toLocaleString(lang);
}

/**
 * @param {number} now
 * @param {Sample} newest
 */
function draw(now, newest) {
  part("[data-chart]").hidden = false;
  const drawn = [...samples, newest];
  // As long as less than an hour is known, that fills the whole width.
  const span = Math.min(HOUR_S, Math.max(MINUTE_S, now - (drawn[0]?.[0] ?? now)));
  for (const line of document.querySelectorAll("[data-line]")) {
    const which = Number(line.getAttribute("data-line"));
    const values = drawn.map((sample) => sample[which + 1] ?? 0);
    const highest = Math.max(1, ...values);
    const point = (/** @type {number} */ value, /** @type {number} */ index) => {
      const x = WIDTH - ((now - (drawn[index]?.[0] ?? now)) / span) * WIDTH;
      return `${x.toFixed(1)},${(HEIGHT - 2 - (value / highest) * (HEIGHT - 6)).toFixed(1)}`;
    };
    line.setAttribute("points", values.map(point).join(" "));
    part(`[data-highest="${which}"]`).textContent =
      (sale.dataset.highest ?? "").replace("COUNT", Math.max(...values).toLocaleString(lang));
  }
}

async function ask() {
  try {
    if (!document.hidden) {
      const answer = await fetch(`${path}/figures`, { signal: AbortSignal.timeout(20_000) });
      // Signed out: the page says so.
      if (answer.status === 401) {
        location.reload();
        return;
      }
      if (!answer.ok) throw new Error(String(answer.status));
      show(await answer.json());
      heard = performance.now();
    }
  } catch {
    // Next time.
  }
  const seconds = Math.round((performance.now() - heard) / 1000);
  const lost = seconds * 1000 > 3 * ASK_EVERY_MS && !document.hidden;
  part("[data-pulse]").textContent = lost ? (sale.dataset.lost ?? "").replace("SECONDS", String(seconds)) : "";
  setTimeout(ask, ASK_EVERY_MS);
}

/** Says what the figures that are typed would do, a moment after they were typed. */
function forecasts() {
  const form = document.querySelector("[data-speed]");
  if (!(form instanceof HTMLFormElement)) return;
  let asked = 0;
  form.addEventListener("input", () => {
    asked += 1;
    const mine = asked;
    setTimeout(async () => {
      if (mine !== asked) return;
      const typed = new FormData(form);
      const query = new URLSearchParams({ capacity: String(typed.get("capacity")), rate: String(typed.get("rate")) });
      const answer = await fetch(`${path}/forecast?${query}`).catch(() => undefined);
      /** @type {string | null} */
      const said = answer?.ok ? await answer.json() : null;
      if (mine !== asked) return;
      part("[data-forecast]").hidden = said === null;
      if (said !== null) part("[data-forecast-text]").textContent = said;
    }, 400);
  });
}

forecasts();
void ask();
export {};
