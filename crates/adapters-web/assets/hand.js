/** @typedef {{ x: number, y: number }} Point */

/**
 * What a hand moves.
 * @typedef {object} Moved
 * @property {(factor: number, x: number, y: number) => void} zoom
 * @property {(right: number, down: number) => void} pan
 * @property {(x: number, y: number) => void} point
 * @property {(x: number, y: number) => void} press
 */

/** A pointer that moved less was pressed. */
const STILL = 6;

/** Mouse, wheel and fingers on a canvas. */
export class Hand {
  /** @type {Map<number, Point>} */
  #fingers = new Map();
  #way = 0;

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {Moved} moved
   */
  constructor(canvas, moved) {
    this.moved = moved;
    canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      moved.zoom(Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0022)), event.offsetX, event.offsetY);
    }, { passive: false });
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      if (this.#fingers.size === 0) this.#way = 0;
      this.#fingers.set(event.pointerId, { x: event.offsetX, y: event.offsetY });
    });
    canvas.addEventListener("pointermove", (event) => this.#move(event));
    canvas.addEventListener("pointerup", (event) => this.#lift(event, true));
    canvas.addEventListener("pointercancel", (event) => this.#lift(event, false));
  }

  /** @param {PointerEvent} event */
  #move({ pointerId, offsetX: x, offsetY: y }) {
    const before = this.#fingers.get(pointerId);
    if (!before) {
      this.moved.point(x, y);
      return;
    }
    const other = [...this.#fingers].find(([id]) => id !== pointerId)?.[1];
    if (other) {
      const was = Math.hypot(before.x - other.x, before.y - other.y) || 1;
      const is = Math.hypot(x - other.x, y - other.y) || 1;
      this.moved.zoom(is / was, (x + other.x) / 2, (y + other.y) / 2);
    } else {
      this.moved.pan(x - before.x, y - before.y);
    }
    this.#way += Math.hypot(x - before.x, y - before.y);
    this.#fingers.set(pointerId, { x, y });
  }

  /**
   * @param {PointerEvent} event
   * @param {boolean} meant
   */
  #lift({ pointerId, offsetX, offsetY }, meant) {
    const alone = this.#fingers.size === 1;
    if (this.#fingers.delete(pointerId) && alone && meant && this.#way < STILL) this.moved.press(offsetX, offsetY);
  }
}
