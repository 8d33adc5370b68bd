/** Calls somebody who looks elsewhere: a sound and a notification, where they asked for it. */
export class Caller {
  /** @type {AudioContext | undefined} */
  #sound;

  /** @param {HTMLElement} button */
  constructor(button) {
    button.hidden = false;
    button.addEventListener("click", () => {
      // Browsers let a page sound only after it was touched.
      this.#sound ??= new AudioContext();
      void this.#sound.resume();
      if ("Notification" in window && Notification.permission === "default") void Notification.requestPermission();
      button.textContent = button.dataset.called ?? "";
      if (button instanceof HTMLButtonElement) button.disabled = true;
    });
  }

  /**
   * @param {string} news
   * @param {string} text
   */
  call(news, text) {
    if (!this.#sound) return;
    for (const [at, pitch] of [[0, 660], [0.22, 880], [0.44, 1320]]) {
      const [tone, volume] = [this.#sound.createOscillator(), this.#sound.createGain()];
      const start = this.#sound.currentTime + (at ?? 0);
      tone.frequency.value = pitch ?? 660;
      volume.gain.setValueAtTime(0.25, start);
      volume.gain.exponentialRampToValueAtTime(0.001, start + 0.6);
      tone.connect(volume).connect(this.#sound.destination);
      tone.start(start);
      tone.stop(start + 0.6);
    }
    try {
      if ("Notification" in window && Notification.permission === "granted") new Notification(news, { body: text });
    } catch {
      // Some phones have notifications for service workers only.
    }
  }
}
