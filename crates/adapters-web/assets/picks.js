/** The seats that were picked, with what they cost in hundredths. At most as many as one person may have. */
export class Picks {
  /** @type {Map<number, number>} */
  #prices = new Map();
  /** @type {(() => void)[]} */
  #listeners = [];

  /** @param {number} limit */
  constructor(limit) {
    this.limit = limit;
  }

  /** @param {() => void} listener */
  listen(listener) {
    this.#listeners.push(listener);
  }

  /** @param {number} number */
  has(number) {
    return this.#prices.has(number);
  }

  get size() {
    return this.#prices.size;
  }

  /**
   * Picks a seat, or puts it back. Says whether it may be picked.
   * @param {number} number
   * @param {string} price
   */
  toggle(number, price) {
    if (this.#prices.delete(number)) {
      this.#tell();
      return true;
    }
    // Where only one may be had, another takes its place.
    if (this.limit === 1) this.#prices.clear();
    if (this.#prices.size >= this.limit) return false;
    this.#prices.set(number, Math.round(Number(price) * 100));
    this.#tell();
    return true;
  }

  /** Puts back what somebody else has now. @param {(number: number) => boolean} isGone */
  drop(isGone) {
    const gone = [...this.#prices.keys()].filter(isGone);
    gone.forEach((number) => this.#prices.delete(number));
    if (gone.length > 0) this.#tell();
    return gone.length;
  }

  numbers() {
    return [...this.#prices.keys()].sort((one, other) => one - other);
  }

  total() {
    return [...this.#prices.values()].reduce((sum, price) => sum + price, 0) / 100;
  }

  #tell() {
    this.#listeners.forEach((listener) => listener());
  }
}
