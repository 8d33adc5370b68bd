/**
 * @typedef {object} Layout
 * @property {number} width
 * @property {number} height
 * @property {{ name: string, price: string, amount: string, rows: [string, number, number, [number, number, number, number]][] }[]} sections
 * @property {number[]} accessible
 * @property {string} states
 */

/** @typedef {{ label: string, first: number, last: number, section: number, at: [number, number, number, number] }} Row */

/** The states of a seat, by the letters with which they are sent. */
export const STATES = { f: "free", h: "held", s: "sold", b: "blocked", m: "mine" };

/**
 * The edges of a hall, as far as there are seats.
 * @param {Layout} layout
 */
function edges({ sections }) {
  const edges = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  for (const [, first, last, [x, y, dx, dy]] of sections.flatMap(({ rows }) => rows)) {
    const [endX, endY] = [x + (last - first) * dx, y + (last - first) * dy];
    edges.left = Math.min(edges.left, x, endX);
    edges.top = Math.min(edges.top, y, endY);
    edges.right = Math.max(edges.right, x, endX);
    edges.bottom = Math.max(edges.bottom, y, endY);
  }
  return edges;
}

/** Where the seats are, and how they stand. Seats are counted from 0, by number. */
export class Plan {
  /** @param {Layout} layout */
  constructor(layout) {
    const { left, top, right, bottom } = edges(layout);
    this.width = right - left;
    this.height = bottom - top;
    // Halls may be anywhere in their coordinates; the plan begins at 0.
    this.sections = layout.sections.map((section) => ({
      ...section,
      rows: section.rows.map(([label, first, last, [x, y, dx, dy]]) => {
        /** @type {typeof section.rows[number]} */
        const moved = [label, first, last, [x - left, y - top, dx, dy]];
        return moved;
      }),
    }));
    /** @type {Row[]} */
    this.rows = this.sections
      .flatMap(({ rows }, section) => rows.map(([label, first, last, at]) => ({ label, first, last, section, at })))
      .sort((one, other) => one.first - other.first);
    this.count = this.rows.reduce((sum, row) => sum + row.last - row.first + 1, 0);
    this.x = new Float32Array(this.count);
    this.y = new Float32Array(this.count);
    this.number = new Uint32Array(this.count);
    this.rowOf = new Uint32Array(this.count);
    /** @type {string[]} */
    this.state = new Array(this.count).fill("f");
    /** What everybody is told of the seats; which of them are one's own is kept apart. @type {string[]} */
    this.shared = new Array(this.count).fill("f");
    /** @type {Set<number>} */
    this.mine = new Set();
    /** The numbers of seats that can be reached without steps. */
    this.accessible = new Set(layout.accessible);
    /** @type {number[]} */
    this.begins = [];
    /** @type {Uint32Array | undefined} */
    this.frees = undefined;
    let seat = 0;
    this.rows.forEach((row, index) => {
      this.begins.push(seat);
      const [x, y, dx, dy] = row.at;
      for (let place = 0; place <= row.last - row.first; place += 1, seat += 1) {
        this.x[seat] = x + place * dx;
        this.y[seat] = y + place * dy;
        this.number[seat] = row.first + place;
        this.rowOf[seat] = index;
      }
    });
    this.update(layout.states);
  }

  /**
   * Reads states: a letter, and how many seats in a row have it. Gives the seats that changed.
   * @param {string} runs
   * @returns {number[]}
   */
  update(runs) {
    let seat = 0;
    this.mine.clear();
    for (const [, letter = "f", count] of runs.matchAll(/([a-z])(\d+)/g)) {
      for (const end = Math.min(seat + Number(count), this.count); seat < end; seat += 1) {
        this.shared[seat] = letter;
        if (letter === "m") this.mine.add(seat);
      }
    }
    return this.#settle();
  }

  /**
   * Reads ranges, each after the letter of what its seats are now. Gives the seats that changed.
   * @param {string} ranges
   * @param {boolean} [whole] whether all others are free
   */
  hear(ranges, whole = false) {
    if (whole) this.shared.fill("f");
    // Where one's own are told, all of them are, be it that there is none.
    if (ranges.includes("m")) this.mine.clear();
    for (const [, letter = "f", first, last = first] of ranges.matchAll(/([a-z])(\d+)(?:-(\d+))?/g)) {
      for (let number = Number(first); number <= Number(last); number += 1) {
        const seat = this.seatOf(number);
        if (seat < 0) continue;
        if (letter === "m") this.mine.add(seat);
        else this.shared[seat] = letter;
      }
    }
    return this.#settle();
  }

  #settle() {
    /** @type {number[]} */
    const changed = [];
    this.frees = undefined;
    for (let seat = 0; seat < this.count; seat += 1) {
      const letter = this.mine.has(seat) ? "m" : (this.shared[seat] ?? "f");
      if (this.state[seat] !== letter) changed.push(seat);
      this.state[seat] = letter;
    }
    return changed;
  }

  /** @param {number} number */
  seatOf(number) {
    let [from, to] = [0, this.rows.length];
    while (to - from > 1) {
      const middle = (from + to) >> 1;
      if ((this.rows[middle]?.first ?? 0) <= number) from = middle;
      else to = middle;
    }
    const row = this.rows[from];
    return row && number >= row.first && number <= row.last ? (this.begins[from] ?? 0) + number - row.first : -1;
  }

  /**
   * The seat at a point, within half a seat.
   * @param {number} x
   * @param {number} y
   */
  seatAt(x, y) {
    for (const [index, row] of this.rows.entries()) {
      const [left, top, dx, dy] = row.at;
      const step = dx * dx + dy * dy || 1;
      const along = Math.round(((x - left) * dx + (y - top) * dy) / step);
      const place = Math.max(0, Math.min(row.last - row.first, along));
      if (Math.hypot(left + place * dx - x, top + place * dy - y) <= 0.5) return (this.begins[index] ?? 0) + place;
    }
    return -1;
  }

  /** @param {number} seat */
  describe(seat) {
    const row = this.rows[this.rowOf[seat] ?? 0];
    const section = this.sections[row?.section ?? 0];
    if (!row || !section) return undefined;
    const { name, price, amount } = section;
    const number = this.number[seat] ?? 0;
    const accessible = this.accessible.has(number);
    return { section: name, row: row.label, place: number - row.first + 1, price, amount, accessible };
  }

  /**
   * How many seats of a row are free, counted once for each change.
   * @param {number} row
   */
  freeOf(row) {
    if (!this.frees) {
      this.frees = new Uint32Array(this.rows.length);
      for (let seat = 0; seat < this.count; seat += 1) {
        const at = this.rowOf[seat] ?? 0;
        if (this.state[seat] === "f") this.frees[at] = (this.frees[at] ?? 0) + 1;
      }
    }
    return this.frees[row] ?? 0;
  }
}
