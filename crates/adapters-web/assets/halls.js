// The hall builder: a hall is drawn while it is typed, and what is in the way is said beside its field when it is sent.

const WAIT_MS = 500;
const SVG = "http://www.w3.org/2000/svg";

/** @typedef {{ viewBox: string, total: string, rows: [number, number, number, number, number, number, string | null][], accessible: [number, number][], accessibleKey: string | null, sections: [string, number, number][] }} Drawn */

const form = document.querySelector("[data-builder]");
const shown = document.querySelector("[data-preview]");

/**
 * @param {string} name
 * @param {Record<string, string | number>} attributes
 */
function shape(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}

/** @param {Drawn} drawn */
function draw({ viewBox, total, rows, accessible, accessibleKey, sections }) {
  const svg = shown?.querySelector("svg");
  const sum = shown?.querySelector("[data-total]");
  if (!(shown instanceof HTMLElement) || !svg || !sum) return;
  shown.hidden = false;
  sum.textContent = total;
  svg.setAttribute("viewBox", viewBox);
  svg.replaceChildren();
  for (const [x1, y1, x2, y2, step, colour, label] of rows) {
    svg.append(shape("line", { class: `section-${colour}`, x1, y1, x2, y2, "stroke-dasharray": `0 ${step}` }));
    if (label === null) continue;
    const text = shape("text", { x: x1 - 0.8, y: y1 });
    text.textContent = label;
    svg.append(text);
  }
  const keys = sections.map(([name, colour, seats]) => key(`section-${colour}`, `${name} (${seats})`));
  if (accessibleKey !== null) keys.push(key("accessible", accessibleKey));
  shown.querySelector("figcaption")?.replaceChildren(...keys);
  for (const [x, y] of accessible) svg.append(shape("rect", { x: x - 0.47, y: y - 0.47, width: 0.94, height: 0.94 }));
}

/**
 * What a colour or a sign of the plan means.
 * @param {string} kind
 * @param {string} text
 */
function key(kind, text) {
  const made = document.createElement("span");
  made.className = `swatch ${kind}`;
  made.textContent = text;
  return made;
}

if (form instanceof HTMLFormElement) {
  let asked = 0;
  form.addEventListener("input", () => {
    asked += 1;
    const mine = asked;
    setTimeout(async () => {
      if (mine !== asked) return;
      const typed = new URLSearchParams();
      for (const [name, value] of new FormData(form)) typed.append(name, String(value));
      const answer = await fetch(form.dataset.builder ?? "", { method: "POST", body: typed }).catch(() => undefined);
      /** @type {Drawn | null} */
      const drawn = answer?.ok ? await answer.json() : null;
      // While what is typed is no hall yet, the last one stays.
      if (drawn && mine === asked) draw(drawn);
    }, WAIT_MS);
  });
}
export {};
