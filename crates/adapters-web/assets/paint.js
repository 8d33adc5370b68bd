/** @import { Plan } from "./plan.js" */

/** The colours of the style sheet, light or dark. */
export function colours() {
  const style = getComputedStyle(document.documentElement);
  /** @param {string} name */
  const of = (name) => style.getPropertyValue(name).trim();
  return {
    free: of("--seat-free"),
    held: of("--seat-held"),
    sold: of("--seat-sold"),
    picked: of("--seat-picked"),
    mine: of("--good"),
    ink: of("--ink"),
    sheet: of("--sheet"),
  };
}

/**
 * Draws seats as shapes that differ without their colours: a disc is free, a ring is held, a bar is sold, a diamond is
 * picked; a square is around those that can be reached without steps. Seats alike are one path, so that thousands cost
 * little.
 * @param {CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D} to
 * @param {Plan} plan
 * @param {Iterable<number>} seats
 * @param {(seat: number) => boolean} isPicked
 * @param {{ scale: number, left: number, top: number }} view
 * @param {ReturnType<typeof colours>} colour
 */
export function paintSeats(to, plan, seats, isPicked, view, colour) {
  const { scale, left, top } = view;
  const radius = scale * 0.38;
  const paths = { free: new Path2D(), held: new Path2D(), sold: new Path2D(), picked: new Path2D(), mine: new Path2D() };
  const squares = new Path2D();
  const some = plan.accessible.size > 0;
  const round = radius > 2.5;
  for (const seat of seats) {
    const x = (plan.x[seat] ?? 0) * scale + left;
    const y = (plan.y[seat] ?? 0) * scale + top;
    const letter = plan.state[seat];
    if (some && plan.accessible.has(plan.number[seat] ?? 0)) {
      squares.rect(x - scale * 0.47, y - scale * 0.47, scale * 0.94, scale * 0.94);
    }
    if (isPicked(seat)) {
      const reach = radius * 1.25;
      paths.picked.moveTo(x, y - reach);
      paths.picked.lineTo(x + reach, y);
      paths.picked.lineTo(x, y + reach);
      paths.picked.lineTo(x - reach, y);
      paths.picked.closePath();
    } else if (letter === "s" || letter === "b") {
      paths.sold.rect(x - radius * 0.7, y - radius * 0.18, radius * 1.4, radius * 0.36);
    } else {
      const path = letter === "f" ? paths.free : letter === "m" ? paths.mine : paths.held;
      if (round) {
        path.moveTo(x + radius, y);
        path.arc(x, y, radius, 0, 2 * Math.PI);
      } else {
        path.rect(x - radius, y - radius, radius * 2, radius * 2);
      }
    }
  }
  to.fillStyle = colour.sold;
  to.fill(paths.sold);
  to.fillStyle = colour.free;
  to.fill(paths.free);
  to.fillStyle = colour.mine;
  to.fill(paths.mine);
  to.strokeStyle = colour.held;
  to.lineWidth = Math.max(1, radius * 0.28);
  to.stroke(paths.held);
  to.fillStyle = colour.picked;
  to.fill(paths.picked);
  to.strokeStyle = colour.ink;
  to.lineWidth = Math.max(1, scale * 0.06);
  to.stroke(squares);
}

/**
 * Draws rows as lines, the paler the fewer of their seats are free.
 * @param {CanvasRenderingContext2D} to
 * @param {Plan} plan
 * @param {{ scale: number, left: number, top: number }} view
 * @param {ReturnType<typeof colours>} colour
 */
export function paintRows(to, plan, view, colour) {
  to.strokeStyle = colour.free;
  to.lineWidth = Math.max(0.6, view.scale * 0.72);
  plan.rows.forEach(({ first, last, at: [x, y, dx, dy] }, row) => {
    to.globalAlpha = 0.2 + 0.8 * (plan.freeOf(row) / (last - first + 1));
    to.beginPath();
    to.moveTo((x - dx / 3) * view.scale + view.left, (y - dy / 3) * view.scale + view.top);
    const places = last - first + 1 / 3;
    to.lineTo((x + places * dx) * view.scale + view.left, (y + places * dy) * view.scale + view.top);
    to.stroke();
  });
  to.globalAlpha = 1;
}

/**
 * Writes places into seats that are large enough.
 * @param {CanvasRenderingContext2D} to
 * @param {Plan} plan
 * @param {Iterable<number>} seats
 * @param {{ scale: number, left: number, top: number }} view
 * @param {ReturnType<typeof colours>} colour
 */
export function paintPlaces(to, plan, seats, view, colour) {
  to.font = `700 ${Math.round(view.scale * 0.34)}px system-ui, sans-serif`;
  to.textAlign = "center";
  to.textBaseline = "middle";
  to.fillStyle = colour.sheet;
  for (const seat of seats) {
    if (plan.state[seat] !== "f") continue;
    const place = (plan.number[seat] ?? 0) - (plan.rows[plan.rowOf[seat] ?? 0]?.first ?? 0) + 1;
    to.fillText(String(place), (plan.x[seat] ?? 0) * view.scale + view.left, (plan.y[seat] ?? 0) * view.scale + view.top);
  }
}

/**
 * Writes the names of sections along their fronts, where seats are too large to be written over.
 * @param {CanvasRenderingContext2D} to
 * @param {Plan} plan
 * @param {{ scale: number, left: number, top: number }} view
 * @param {ReturnType<typeof colours>} colour
 */
export function paintFronts(to, plan, view, colour) {
  to.textAlign = "center";
  to.textBaseline = "middle";
  to.lineJoin = "round";
  to.font = "700 13px system-ui, sans-serif";
  for (const { name, price, rows } of plan.sections) {
    if (!rows[0]) continue;
    const [, first, last, [x, y, dx, dy]] = rows[0];
    const [middle, step] = [(last - first) / 2, Math.hypot(dx, dy) || 1];
    // So far in front of the row as its seats are apart.
    const [frontX, frontY] = [x + middle * dx + dy / step, y + middle * dy - dx / step];
    to.save();
    to.translate(frontX * view.scale + view.left, frontY * view.scale + view.top);
    to.rotate(Math.atan2(dy, dx));
    to.strokeStyle = colour.sheet;
    to.lineWidth = 5;
    to.strokeText(`${name} · ${price}`, 0, 0);
    to.fillStyle = colour.ink;
    to.fillText(`${name} · ${price}`, 0, 0);
    to.restore();
  }
}

/**
 * Writes the names of sections across them, as long as seats are small: within the canvas, and the price where there is
 * room for it.
 * @param {CanvasRenderingContext2D} to
 * @param {Plan} plan
 * @param {{ scale: number, left: number, top: number }} view
 * @param {ReturnType<typeof colours>} colour
 */
export function paintNames(to, plan, view, colour) {
  to.textAlign = "center";
  to.textBaseline = "middle";
  to.lineJoin = "round";
  const width = to.canvas.width / to.getTransform().a;
  plan.sections.forEach(({ name, price, rows }) => {
    const [front, middle, back] = [rows[0], rows[Math.floor(rows.length / 2)], rows.at(-1)];
    if (!front || !middle || !back) return;
    const depth = Math.hypot(back[3][0] - front[3][0], back[3][1] - front[3][1]) * view.scale;
    const [, first, last, [rowX, rowY, dx, dy]] = middle;
    const x = (rowX + ((last - first) * dx) / 2) * view.scale + view.left;
    const y = (rowY + ((last - first) * dy) / 2) * view.scale + view.top;
    const deep = depth > 30;
    const lines = [["800 15px system-ui, sans-serif", name, deep ? -9 : 0], ["600 13px system-ui, sans-serif", price, 9]];
    for (const [font, text, shift] of deep ? lines : lines.slice(0, 1)) {
      to.font = String(font);
      const most = width - 8;
      const half = Math.min(to.measureText(String(text)).width, most) / 2 + 4;
      // What was moved out of the canvas takes its name along.
      const middleX = x < 0 || x > width ? x : Math.min(Math.max(x, half), width - half);
      to.strokeStyle = colour.sheet;
      to.lineWidth = 5;
      to.strokeText(String(text), middleX, y + Number(shift), most);
      to.fillStyle = colour.ink;
      to.fillText(String(text), middleX, y + Number(shift), most);
    }
  });
}
