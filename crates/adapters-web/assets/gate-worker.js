// The gate's page for when the network is gone: as it was when it was opened last. It works for that page alone.

/** @typedef {Event & { request: Request, respondWith: (answer: Promise<Response>) => void }} Asked */

/** What the page keeps itself. */
const KEPT = "gate";

/** @param {Request} request */
async function page(request) {
  try {
    return await fetch(request);
  } catch (gone) {
    const kept = await caches.match(request, { cacheName: KEPT, ignoreSearch: true, ignoreVary: true });
    if (kept) return kept;
    throw gone;
  }
}

/** @param {Request} request */
async function asset(request) {
  return (await caches.match(request, { cacheName: KEPT, ignoreVary: true })) ?? fetch(request);
}

self.addEventListener("fetch", (event) => {
  const asked = /** @type {Asked} */ (event);
  const { request } = asked;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") asked.respondWith(page(request));
  else if (new URL(request.url).pathname.startsWith("/assets/")) asked.respondWith(asset(request));
});
