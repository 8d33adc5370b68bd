import { SeatMapView } from "./map.js";
import { Plan } from "./plan.js";

// The hall of a performance as operators see it: seats are picked on the map, and named in the form.

const hall = part("[data-hall]", HTMLElement);
const field = document.querySelector("#seats");
/** @type {Set<number>} */
const picked = new Set();

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

/** The numbers picked, neighbours as ranges. */
function ranges() {
  const numbers = [...picked].sort((one, other) => one - other);
  /** @type {[number, number][]} */
  const found = [];
  for (const number of numbers) {
    const last = found.at(-1);
    if (last && last[1] === number - 1) last[1] = number;
    else found.push([number, number]);
  }
  return found.map(([first, last]) => (first === last ? String(first) : `${first}-${last}`)).join(", ");
}

async function draw() {
  const answer = await fetch(hall.dataset.hall ?? "");
  if (!answer.ok) return;
  const layout = await answer.json();
  // Nothing is the operator's own: what is sold looks like that, and so unlike what is blocked.
  const plan = new Plan({ ...layout, states: layout.states.replaceAll("s", "m") });
  part("[data-map]", HTMLElement).hidden = false;
  part("[data-drawn]", HTMLElement).hidden = true;
  const tip = part("[data-tip]", HTMLElement);
  const view = new SeatMapView(part("[data-canvas]", HTMLCanvasElement), plan, {
    isPicked: (seat) => picked.has(plan.number[seat] ?? 0),
    toggle: (seat) => {
      const number = plan.number[seat] ?? 0;
      if (!(field instanceof HTMLInputElement) || "hm".includes(plan.state[seat] ?? "")) return;
      if (!picked.delete(number)) picked.add(number);
      field.value = ranges();
      view.changed();
    },
    point: (seat) => {
      const known = seat < 0 ? undefined : plan.describe(seat);
      const sign = known?.accessible ? ` · ${hall.dataset.accessible}` : "";
      tip.textContent = known ? `${known.section} · ${known.row} · ${known.place} (${plan.number[seat]}) · ${known.price}${sign}` : "";
    },
  });
  const buttons = { in: () => view.zoom(1.6), out: () => view.zoom(1 / 1.6), all: () => view.all() };
  for (const [name, act] of Object.entries(buttons)) part(`[data-zoom=${name}]`, HTMLElement).addEventListener("click", act);
}

void draw().catch(() => {
  // The plan stays as it is drawn in the page.
});
