/** Photos that the system brings: opened with this app, or shared to it. */
import { words } from "../words.js";

/** Where the service worker puts what was shared; it says so in the address. */
const SHARED = { cache: "cutaway-shared", mark: "shared" };

/**
 * @param {(photos: File[]) => void} take
 * @param {(sentence: string) => void} refuse
 */
export async function listenForArrivals(take, refuse) {
  globalThis.launchQueue?.setConsumer(async ({ files }) => {
    const photos = await Promise.all(files.map((handle) => handle.getFile()));
    if (photos.length) take(photos);
  });
  const address = new URL(location.href);
  if (!address.searchParams.has(SHARED.mark)) return;
  address.searchParams.delete(SHARED.mark);
  history.replaceState(null, "", address);
  try {
    take(await shared());
  } catch {
    refuse(words.visit.shareFailed);
  }
}

/** Takes what was shared out of its cache. */
async function shared() {
  const cache = await caches.open(SHARED.cache);
  const photos = await Promise.all((await cache.keys()).map(async (request) => {
    const response = await cache.match(request);
    const name = decodeURIComponent(response.headers.get("X-Name"));
    return new File([await response.blob()], name, { type: response.headers.get("Content-Type") });
  }));
  await caches.delete(SHARED.cache);
  if (!photos.length) throw new Error(words.visit.shareFailed);
  return photos;
}
