import { Hand } from "./hand.js";
import { colours, paintFronts, paintNames, paintPlaces, paintRows, paintSeats } from "./paint.js";
/** @import { Plan } from "./plan.js" */

/** From so many pixels a seat on, seats are drawn one by one; below, they are one picture, and below that, rows. */
const [NEAR, FAR] = [11, 4];
const [WITH_PLACES, LARGEST, NAME_HEIGHT] = [26, 48, 10];
/** The most that the picture has. */
const PICTURE_PIXELS = 6_000_000;

/** A map of seats that is moved and enlarged by hand, wheel and fingers. */
export class SeatMapView {
  /** @type {OffscreenCanvas | undefined} */
  #picture;
  #pictureScale = 1;
  #asked = false;

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {Plan} plan
   * @param {{ isPicked: (seat: number) => boolean, toggle: (seat: number) => void, point: (seat: number) => void }} model
   */
  constructor(canvas, plan, model) {
    this.canvas = canvas;
    this.plan = plan;
    this.model = model;
    const context = canvas.getContext("2d");
    if (!context) throw new Error("there is no canvas to draw on");
    this.context = context;
    this.colour = colours();
    this.view = { scale: 1, left: 0, top: 0 };
    const shape = Math.min(0.8, (plan.height + 1) / (plan.width + 1));
    canvas.style.height = `clamp(11rem, ${Math.round(shape * 100)}vw, 60vh)`;
    new ResizeObserver(() => this.#resize()).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      this.colour = colours();
      this.changed();
    });
    new Hand(canvas, this);
  }

  /** Draws again what has changed. */
  changed() {
    this.#picture = undefined;
    this.#draw();
  }

  /** Shows all seats, below the name of the first section and beside what lies over the canvas. */
  all() {
    const { width, height } = this.plan;
    const { clientWidth, clientHeight } = this.canvas;
    const [free, high] = [clientWidth - 2 * this.#covered(), clientHeight - NAME_HEIGHT];
    const scale = Math.min(free / (width + 1), high / (height + 1.5), LARGEST);
    this.fit = scale;
    const top = NAME_HEIGHT + scale + (high - (height + 1.5) * scale) / 2;
    this.view = { scale, left: (clientWidth - width * scale) / 2, top };
    this.#draw();
  }

  /** How far buttons reach over the canvas from its right. */
  #covered() {
    const buttons = this.canvas.parentElement?.querySelector(".zoom")?.getBoundingClientRect();
    const { bottom, right } = this.canvas.getBoundingClientRect();
    return buttons && buttons.top < bottom ? Math.max(0, right - buttons.left) : 0;
  }

  /**
   * Enlarges around a point of the canvas.
   * @param {number} factor
   * @param {number} [x]
   * @param {number} [y]
   */
  zoom(factor, x = this.canvas.clientWidth / 2, y = this.canvas.clientHeight / 2) {
    const { scale, left, top } = this.view;
    const next = Math.max((this.fit ?? 1) * 0.8, Math.min(LARGEST, scale * factor));
    const ratio = next / scale;
    this.view = { scale: next, left: x - (x - left) * ratio, top: y - (y - top) * ratio };
    this.#draw();
  }

  /**
   * Moves everything.
   * @param {number} right
   * @param {number} down
   */
  pan(right, down) {
    this.view = { ...this.view, left: this.view.left + right, top: this.view.top + down };
    this.#draw();
  }

  #resize() {
    const ratio = devicePixelRatio || 1;
    const { clientWidth, clientHeight } = this.canvas;
    Object.assign(this.canvas, { width: Math.round(clientWidth * ratio), height: Math.round(clientHeight * ratio) });
    this.all();
    // A hall that is far from the canvas' shape is first seen from its front.
    if (this.view.scale < FAR + 1) this.zoom((FAR + 1) / this.view.scale, clientWidth / 2, 0);
    // At once: a canvas of another size is empty.
    this.#frame();
  }

  #draw() {
    if (this.#asked) return;
    this.#asked = true;
    requestAnimationFrame(() => {
      this.#asked = false;
      this.#frame();
    });
  }

  #frame() {
    const { context, plan, view, colour } = this;
    const ratio = devicePixelRatio || 1;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, this.canvas.clientWidth, this.canvas.clientHeight);
    if (view.scale >= NEAR) {
      const seats = this.#visible();
      paintSeats(context, plan, seats, this.model.isPicked, view, colour);
      if (view.scale >= WITH_PLACES) {
        paintPlaces(context, plan, seats.filter((seat) => !this.model.isPicked(seat)), view, colour);
      }
      paintFronts(context, plan, view, colour);
      return;
    }
    if (view.scale >= FAR) {
      const picture = this.#whole();
      const factor = view.scale / this.#pictureScale;
      const [left, top] = [view.left - view.scale / 2, view.top - view.scale / 2];
      context.imageSmoothingQuality = "high";
      context.drawImage(picture, left, top, picture.width * factor, picture.height * factor);
    } else {
      paintRows(context, plan, view, colour);
    }
    paintNames(context, plan, view, colour);
  }

  /** The seats that are within the canvas, row by row. */
  #visible() {
    const { plan, view } = this;
    const [left, top] = [-view.left / view.scale - 1, -view.top / view.scale - 1];
    const right = left + this.canvas.clientWidth / view.scale + 2;
    const bottom = top + this.canvas.clientHeight / view.scale + 2;
    /** @type {number[]} */
    const seats = [];
    plan.rows.forEach(({ first, last, at: [x, y, dx, dy] }, index) => {
      const [endX, endY] = [x + (last - first) * dx, y + (last - first) * dy];
      if (Math.max(x, endX) < left || Math.min(x, endX) > right || Math.max(y, endY) < top || Math.min(y, endY) > bottom) return;
      const begin = plan.begins[index] ?? 0;
      for (let seat = begin; seat <= begin + last - first; seat += 1) {
        const at = plan.x[seat] ?? 0;
        if (at >= left && at <= right) seats.push(seat);
      }
    });
    return seats;
  }

  /** All seats as one picture, drawn once for each change. */
  #whole() {
    if (this.#picture) return this.#picture;
    const { plan } = this;
    const [width, height] = [plan.width + 1, plan.height + 1];
    const scale = Math.min(NEAR * (devicePixelRatio || 1), Math.sqrt(PICTURE_PIXELS / (width * height)), 8_000 / Math.max(width, height));
    const picture = new OffscreenCanvas(Math.ceil(width * scale), Math.ceil(height * scale));
    const to = picture.getContext("2d");
    const view = { scale, left: scale / 2, top: scale / 2 };
    if (to) paintSeats(to, plan, plan.number.keys(), this.model.isPicked, view, this.colour);
    this.#pictureScale = scale;
    return (this.#picture = picture);
  }

  /** @param {number} x @param {number} y */
  #seatAt(x, y) {
    return this.plan.seatAt((x - this.view.left) / this.view.scale, (y - this.view.top) / this.view.scale);
  }

  /**
   * Somebody points at a place of the canvas.
   * @param {number} x
   * @param {number} y
   */
  point(x, y) {
    this.model.point(this.#seatAt(x, y));
  }

  /**
   * Somebody presses a place of the canvas: seats that are small come nearer, others are picked.
   * @param {number} x
   * @param {number} y
   */
  press(x, y) {
    if (this.view.scale < NEAR) {
      this.zoom((NEAR * 1.8) / this.view.scale, x, y);
      return;
    }
    const seat = this.#seatAt(x, y);
    if (seat >= 0) this.model.toggle(seat);
  }
}
