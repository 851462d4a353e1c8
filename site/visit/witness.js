/**
 * What was asked of the network since the page was opened. The service worker sees every request of
 * the page and its threads and tells it; what came before it took part, the browser has noted.
 */

/** @typedef {{ address: string, sent: number, foreign: boolean }} Asked */

/** @type {Asked[]} */
const told = [];

navigator.serviceWorker?.addEventListener("message", ({ data }) => {
  if (data?.type === "asked") told.push(...data.requests);
});

const isForeign = (address) => new URL(address).origin !== location.origin;

/** @returns {boolean} whether the service worker sees the requests of this page */
export function isWatched() {
  return Boolean(navigator.serviceWorker?.controller);
}

/** @returns {Asked[]} each request once, in the order in which they were noted */
export function asked() {
  const seen = new Set(told.map(({ address }) => address));
  const before = performance.getEntriesByType("resource")
    .map(({ name }) => name)
    .filter((address) => /^https?:/.test(address) && !seen.has(address));
  const earlier = [...new Set(before)].map((address) => ({ address, sent: 0, foreign: isForeign(address) }));
  return [...earlier, ...told];
}
