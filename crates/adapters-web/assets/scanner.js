/** How often a picture is looked at. */
const LOOK_EVERY_MS = 250;
/** How long the same code is taken for the same showing of it. */
const SAME_FOR_MS = 4_000;

/** Reads QR codes with the camera, where the browser can. */
export class Scanner {
  /**
   * Shows the button that begins it, where it can be done.
   * @param {HTMLButtonElement} button
   * @param {HTMLVideoElement} video
   * @param {(code: string) => boolean} found whether it was taken; one that was not is found again
   */
  static async offer(button, video, found) {
    const Detector = /** @type {any} */ (globalThis).BarcodeDetector;
    const formats = await Detector?.getSupportedFormats?.().catch(() => []);
    if (!formats?.includes("qr_code") || !navigator.mediaDevices) return;
    button.hidden = false;
    button.addEventListener("click", async () => {
      const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } }).catch(() => undefined);
      if (!stream) return;
      button.hidden = true;
      video.hidden = false;
      video.srcObject = stream;
      await video.play();
      Scanner.#look(new Detector({ formats: ["qr_code"] }), video, found, { code: "", at: 0 });
    });
  }

  /**
   * @param {any} detector
   * @param {HTMLVideoElement} video
   * @param {(code: string) => boolean} found
   * @param {{ code: string, at: number }} last
   */
  static async #look(detector, video, found, last) {
    /** @type {{ rawValue: string }[]} */
    const codes = await detector.detect(video).catch(() => []);
    const code = codes[0]?.rawValue ?? "";
    const now = performance.now();
    if (code !== "") {
      const isSame = code === last.code && now - last.at <= SAME_FOR_MS;
      if (isSame || found(code)) last = { code, at: now };
    }
    setTimeout(() => void Scanner.#look(detector, video, found, last), LOOK_EVERY_MS);
  }
}
