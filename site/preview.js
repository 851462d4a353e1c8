/** Pictures for the screen. The full photo goes through neither a canvas nor the page's thread. */

const LARGEST = { width: 2400, height: 1800 };

let worker = null;
let lastId = 0;
const waiting = new Map();

/** The stage is never larger than this, in device pixels. */
function screenBox() {
  const ratio = globalThis.devicePixelRatio || 1;
  return {
    width: Math.min(LARGEST.width, Math.ceil(Math.max(320, screen.width) * ratio)),
    height: Math.min(LARGEST.height, Math.ceil(Math.max(320, screen.height) * ratio)),
  };
}

function answer(id, picture) {
  const resolve = waiting.get(id);
  waiting.delete(id);
  resolve?.(picture);
}

function start() {
  const started = new Worker(new URL("./preview-worker.js", import.meta.url), { type: "module" });
  started.addEventListener("message", ({ data }) => answer(data.id, data.picture));
  started.addEventListener("error", () => {
    worker = null;
    started.terminate();
    for (const id of [...waiting.keys()]) answer(id, null);
  });
  return started;
}

/**
 * @param {Blob} blob an image file
 * @param {{ x: number, y: number, width: number, height: number } | null} [region] of its pixels
 * @returns {Promise<{ bitmap: ImageBitmap, width: number, height: number } | null>} a picture of at
 *     most the screen's size and the photo's own size, and the size of the whole photo; null where
 *     the browser cannot read the file
 */
export function preview(blob, region = null) {
  worker ??= start();
  const id = ++lastId;
  return new Promise((resolve) => {
    waiting.set(id, resolve);
    worker.postMessage({ id, blob, region, box: screenBox() });
  });
}
