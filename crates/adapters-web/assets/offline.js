/** What the page needs to be opened without a network. */
const KEPT = "gate";
const WORKER = "/console/gate-worker.js";

/** A path of ours, as scripts are named to the browser. @param {string} path */
function trusted(path) {
  const policies = /** @type {any} */ (globalThis).trustedTypes;
  if (!policies) return path;
  // It makes one address out of anything.
  return policies.createPolicy("gate", { createScriptURL: () => WORKER }).createScriptURL(path);
}

/**
 * Keeps this page, with what it loads, for when it is opened without a network.
 * @param {string} path
 */
export async function keepPage(path) {
  if (!("serviceWorker" in navigator)) return;
  await navigator.serviceWorker.register(trusted(WORKER), { scope: path });
  const loaded = performance.getEntriesByType("resource").map(({ name }) => new URL(name));
  const assets = loaded.filter(({ origin, pathname }) => origin === location.origin && pathname.startsWith("/assets/"));
  const wanted = [path, ...new Set(assets.map(({ pathname }) => pathname))];
  const cache = await caches.open(KEPT);
  await cache.addAll(wanted);
  // What older versions of the page loaded is needed no more; the pages of other gates are.
  /** @param {Request} request */
  const isOld = ({ url }) => new URL(url).pathname.startsWith("/assets/") && !wanted.includes(new URL(url).pathname);
  await Promise.all((await cache.keys()).filter(isOld).map((old) => cache.delete(old)));
}

/** Forgets all that was kept: whoever signs out leaves no page behind. */
export async function forgetPages() {
  if ("caches" in globalThis) await caches.delete(KEPT);
}
