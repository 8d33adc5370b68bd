// A concert: says what is left while somebody looks. Nothing is read out: it changes all the time.

/** @typedef {{ sale: [string, string], performances: [string, string, string, boolean][] }} Left */

/** What is left is as old as two seconds at the server too. */
const ASK_EVERY_MS = 5_000;
const LONGEST_PAUSE_MS = 60_000;

const concert = document.querySelector("[data-concert]");
let failures = 0;
let timer = 0;

/**
 * @param {Element | null} shown
 * @param {string} kind
 * @param {string} text
 */
function say(shown, kind, text) {
  if (!shown || shown.textContent === text) return;
  shown.textContent = text;
  shown.className = `${shown.classList[0]} ${kind}`;
}

/** @param {Left} left */
function show({ sale, performances }) {
  say(document.querySelector("[data-sale]"), ...sale);
  for (const [id, kind, text, bookable] of performances) {
    const shown = document.querySelector(`[data-left="${id}"]`);
    say(shown, kind, text);
    const link = shown?.nextElementSibling;
    // Whoever is at it stays there: the next page says what is so.
    if (link instanceof HTMLAnchorElement && link !== document.activeElement) link.hidden = !bookable;
  }
}

async function ask() {
  try {
    const path = concert instanceof HTMLElement ? concert.dataset.concert : undefined;
    const answer = await fetch(path ?? "", { signal: AbortSignal.timeout(20_000) });
    if (!answer.ok) throw new Error(String(answer.status));
    show(await answer.json());
    failures = 0;
  } catch {
    failures += 1;
  }
  wait();
}

function wait() {
  clearTimeout(timer);
  if (document.hidden) return;
  const pause = Math.min(LONGEST_PAUSE_MS, ASK_EVERY_MS * 2 ** Math.min(failures, 4));
  // Not all at the same instant.
  timer = setTimeout(() => void ask(), pause * (1 + Math.random() / 5));
}

document.addEventListener("visibilitychange", wait);
wait();
export {};
