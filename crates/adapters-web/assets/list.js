/** @import { Picks } from "./picks.js" */

/** @typedef {{ number: number, place: string, label: string, state: string, price: string, accessible: boolean }} Seat */

/** The seats as a list: a row is loaded when it is opened, and seats are picked without loading the page. */
export class SeatList {
  /**
   * @param {HTMLFormElement} form
   * @param {string} path
   * @param {Picks} picks
   * @param {() => void} tooMany
   */
  constructor(form, path, picks, tooMany) {
    this.form = form;
    this.path = path;
    this.picks = picks;
    for (const button of this.#buttons('[aria-pressed="true"]')) picks.toggle(Number(button.value), button.dataset.price ?? "0");
    form.addEventListener("click", (event) => {
      const button = event.target instanceof Element ? event.target.closest("button[name=toggle]") : null;
      if (!(button instanceof HTMLButtonElement)) return;
      event.preventDefault();
      if (!button.classList.contains("free")) return;
      if (!picks.toggle(Number(button.value), button.dataset.price ?? "0")) tooMany();
    });
    form.addEventListener("submit", (event) => event.preventDefault());
    for (const row of form.querySelectorAll("details")) {
      row.addEventListener("toggle", () => void this.#open(row));
    }
    picks.listen(() => this.#press());
  }

  /** @param {string} [which] */
  #buttons(which = "") {
    return /** @type {NodeListOf<HTMLButtonElement>} */ (this.form.querySelectorAll(`button[name=toggle]${which}`));
  }

  #press() {
    for (const button of this.#buttons("[aria-pressed]")) {
      button.setAttribute("aria-pressed", String(this.picks.has(Number(button.value))));
    }
  }

  /** @param {HTMLDetailsElement} row */
  async #open(row) {
    if (!row.open || row.querySelector(".row") || row.dataset.loading) return;
    row.dataset.loading = "yes";
    try {
      const lang = document.documentElement.lang;
      const answer = await fetch(`${this.path}/rows/${row.dataset.row}?lang=${lang}`);
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      /** @type {Seat[]} */
      const seats = await answer.json();
      const shown = document.createElement("div");
      shown.className = "row";
      shown.append(...seats.map((seat) => this.#button(seat)));
      row.querySelector("p")?.replaceWith(shown);
    } catch {
      // The link that is there still leads to the seats.
    } finally {
      delete row.dataset.loading;
    }
  }

  /** @param {Seat} seat */
  #button(seat) {
    const button = document.createElement("button");
    button.name = "toggle";
    button.value = String(seat.number);
    if (seat.accessible) button.dataset.accessible = "";
    button.dataset.price = seat.price;
    button.textContent = seat.place;
    button.setAttribute("aria-label", seat.label);
    this.#become(button, seat.state);
    return button;
  }

  /**
   * @param {HTMLButtonElement} button
   * @param {string} state
   */
  #become(button, state) {
    button.className = `seat ${state}`;
    // Whoever is at a seat that is taken at this moment is not thrown out of the list.
    const here = button === document.activeElement;
    button.disabled = state !== "free" && !here;
    button.ariaDisabled = String(state !== "free");
    if (state === "free") button.setAttribute("aria-pressed", String(this.picks.has(Number(button.value))));
    else button.removeAttribute("aria-pressed");
  }

  /**
   * Whether there is a button for a seat.
   * @param {number} number
   */
  shows(number) {
    return this.#buttons(`[value="${number}"]`).length > 0;
  }

  /**
   * Shows how seats stand now.
   * @param {(number: number) => string} stateOf
   */
  update(stateOf) {
    for (const button of this.#buttons()) {
      const state = stateOf(Number(button.value));
      if (!button.classList.contains(state)) this.#become(button, state);
    }
  }
}
