import { SeatList } from "./list.js";
import { LiveSeats } from "./live.js";
import { SeatMapView } from "./map.js";
import { Picks } from "./picks.js";
import { Plan, STATES } from "./plan.js";

// Choosing seats, on the map and in the list.

const page = part("[data-seats]", HTMLElement);
const path = page.dataset.seats ?? "";
const lang = page.dataset.lang ?? "en";
const picks = new Picks(Number(page.dataset.limit));
const sum = part("[data-sum]", HTMLElement);
const hold = part("[data-hold]", HTMLFormElement);
/** What had been picked when the page was loaded, in rows that are closed too. */
const before = part("[data-hold] [name=seats]", HTMLInputElement).value.split(",").map(Number);
const list = new SeatList(part(".seat-list", HTMLFormElement), path, picks, () => tell(page.dataset.many ?? ""));

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

/** @param {string} text */
function tell(text) {
  if (sum.textContent !== text) sum.textContent = text;
}

function count() {
  const seats = part("[data-hold] [name=seats]", HTMLInputElement);
  seats.value = picks.numbers().join(",");
  part("[data-hold] button", HTMLButtonElement).disabled = picks.size === 0;
  for (const link of page.querySelectorAll("a")) {
    const query = new URLSearchParams(link.search);
    if (!query.has("picked")) continue;
    query.set("picked", seats.value);
    link.search = String(query);
  }
  const some = (page.dataset.some ?? "").replace("COUNT", String(picks.size));
  tell(picks.size === 0 ? (page.dataset.none ?? "") : some.replace("TOTAL", picks.total().toLocaleString(lang)));
}

async function draw() {
  const answer = await fetch(`${path}/map?lang=${lang}`);
  if (!answer.ok || answer.redirected) return;
  const plan = new Plan(await answer.json());
  part("[data-map]", HTMLElement).hidden = false;
  const tip = part("[data-tip]", HTMLElement);
  const view = new SeatMapView(part("[data-canvas]", HTMLCanvasElement), plan, {
    isPicked: (seat) => picks.has(plan.number[seat] ?? 0),
    toggle: (seat) => {
      const known = plan.describe(seat);
      if (plan.state[seat] !== "f" || !known) return;
      if (!picks.toggle(plan.number[seat] ?? 0, known.amount)) tell(page.dataset.many ?? "");
    },
    point: (seat) => {
      const known = seat < 0 ? undefined : plan.describe(seat);
      const pattern = known?.accessible ? page.dataset.accessibleName : page.dataset.name;
      const name = (pattern ?? "").replace("SECTION", known?.section ?? "").replace("ROW", known?.row ?? "");
      tip.textContent = known ? name.replace("SEAT", String(known.place)).replace("PRICE", known.price) : "";
    },
  });
  picks.listen(() => view.changed());
  restore(plan);
  // The list is as old as the page.
  update(plan, view);
  const buttons = { in: () => view.zoom(1.6), out: () => view.zoom(1 / 1.6), all: () => view.all() };
  for (const [name, act] of Object.entries(buttons)) part(`[data-zoom=${name}]`, HTMLElement).addEventListener("click", act);
  /** @param {number[]} changed */
  const show = (changed) => changed.length > 0 && update(plan, view);
  new LiveSeats(path, {
    taken: (ranges) => show(plan.hear(ranges, true)),
    changes: (ranges) => show(plan.hear(ranges)),
    states: (runs) => show(plan.update(runs)),
    over: () => location.reload(),
  });
}

/**
 * Picks again what had been picked in rows that the list does not show.
 * @param {Plan} plan
 */
function restore(plan) {
  for (const number of before.filter((number) => !list.shows(number))) {
    const seat = plan.seatOf(number);
    const known = seat < 0 ? undefined : plan.describe(seat);
    if (known && plan.state[seat] === "f" && !picks.has(number)) picks.toggle(number, known.amount);
  }
}

/**
 * @param {Plan} plan
 * @param {SeatMapView} view
 */
function update(plan, view) {
  /** @param {number} number */
  const letter = (number) => /** @type {keyof STATES} */ (plan.state[plan.seatOf(number)] ?? "b");
  const gone = picks.drop((number) => letter(number) !== "f");
  view.changed();
  list.update((number) => STATES[letter(number)]);
  if (gone > 0) tell(page.dataset.lost ?? "");
}

picks.listen(count);
if (picks.size > 0) count();
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
void draw();
