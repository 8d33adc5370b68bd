// Counts down by the server's time: what is left when the page was made, less the time that has gone by here since.

const shown = /** @type {HTMLElement} */ (document.querySelector("[data-remaining]"));
const clock = /** @type {HTMLElement} */ (document.querySelector("[data-clock]"));
const warning = /** @type {HTMLElement} */ (document.querySelector("[data-warning]"));
const MINUTE = 60_000;
// A page that a browser had kept is as old as it says, not as new as it is shown.
const begun = Date.now() - performance.now();
const ends = begun + responded() + Number(shown.dataset.remaining);

/** The milliseconds from the beginning of this visit to the first byte of the answer. */
function responded() {
  const [entry] = performance.getEntriesByType("navigation");
  return entry instanceof PerformanceNavigationTiming ? entry.responseStart : 0;
}

function tick() {
  const left = Math.max(0, ends - Date.now());
  const seconds = Math.ceil(left / 1000);
  clock.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  if (left <= MINUTE && !shown.classList.contains("soon")) {
    shown.classList.add("soon");
    warning.textContent = warning.dataset.text ?? "";
  }
  if (left > 0) {
    setTimeout(tick, left % 1000 || 1000);
  } else {
    // The server says what has become of it.
    setTimeout(() => location.reload(), 1500);
  }
}

tick();
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && Date.now() >= ends) location.reload();
});
// Shown again from the browser's memory, it may be paid or lapsed by now.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
