// News of seats: by a stream, or asked for again and again while there is none. Nothing while nobody looks.

/** How often the states of seats are asked for where there is no stream. */
const ASK_EVERY_MS = 2_500;
const LONGEST_PAUSE_MS = 30_000;

/**
 * What is done with the news.
 * @typedef {object} Told
 * @property {(ranges: string) => void} taken every seat that is not free, one's own among them
 * @property {(ranges: string) => void} changes the seats that have changed
 * @property {(runs: string) => void} states the states of all seats
 * @property {() => void} over the turn is over
 */

export class LiveSeats {
  /** @type {EventSource | undefined} */
  #stream;
  #known = "";
  #failures = 0;
  #again = 0;
  #asking = 0;
  #isAsking = false;

  /**
   * @param {string} path
   * @param {Told} told
   */
  constructor(path, told) {
    this.path = path;
    this.told = told;
    document.addEventListener("visibilitychange", () => this.#look());
    addEventListener("pagehide", () => this.#rest());
    this.#look();
  }

  #look() {
    this.#rest();
    this.#failures = 0;
    if (!document.hidden) this.#open();
  }

  #rest() {
    this.#stream?.close();
    this.#stream = undefined;
    clearTimeout(this.#again);
    clearInterval(this.#asking);
    this.#asking = 0;
  }

  #open() {
    const stream = new EventSource(`${this.path}/events?known=${this.#known}`);
    this.#stream = stream;
    stream.addEventListener("open", () => {
      this.#failures = 0;
      clearInterval(this.#asking);
      this.#asking = 0;
    });
    stream.addEventListener("seats", ({ data, lastEventId }) => {
      this.#known = lastEventId;
      this.told.taken(data);
    });
    stream.addEventListener("changes", ({ data, lastEventId }) => {
      this.#known = lastEventId;
      this.told.changes(data);
    });
    stream.addEventListener("ended", () => {
      this.#rest();
      this.told.over();
    });
    stream.addEventListener("error", () => this.#broken(stream));
  }

  /**
   * Asks instead, and opens the stream again, the later the oftener that failed.
   * @param {EventSource} stream
   */
  #broken(stream) {
    stream.close();
    if (stream !== this.#stream) return;
    const pause = Math.min(LONGEST_PAUSE_MS, 1_000 * 2 ** Math.min(this.#failures, 5));
    this.#failures += 1;
    // Not all at the same instant after something was away.
    this.#again = setTimeout(() => this.#open(), pause * (1 + Math.random() / 5));
    if (this.#asking) return;
    this.#asking = setInterval(() => void this.#ask(), ASK_EVERY_MS);
    void this.#ask();
  }

  async #ask() {
    if (this.#isAsking) return;
    this.#isAsking = true;
    try {
      const answer = await fetch(`${this.path}/states`, { signal: AbortSignal.timeout(20_000) });
      const states = await answer.text();
      // By now the stream may be back, which knows better.
      if (!this.#asking) return;
      // The turn is over: the page says where to go.
      if (answer.redirected) {
        this.#rest();
        this.told.over();
      } else if (answer.ok) {
        this.#known = "";
        this.told.states(states);
      }
    } catch {
      // Next time.
    } finally {
      this.#isAsking = false;
    }
  }
}
