/**
 * What every page of the benchmark does: a first cutout as soon as photo and engine are there, then
 * as many as are asked for. Times are milliseconds since the visit began (navigation).
 *
 * @typedef {(photo: File, onLook?: () => void) => Promise<Blob>} Cut
 */

const input = document.querySelector("input");
let longest = 0;
new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) longest = Math.max(longest, duration);
}).observe({ type: "longtask", buffered: true });

const chosen = new Promise((resolve) => {
  if (input.files.length) resolve();
  else input.addEventListener("change", resolve, { once: true });
});

/**
 * @param {Promise<Cut>} starting the engine, which starts with the page
 * @param {(cut: Cut, photos: File[]) => Promise<void>} [many] a batch; one after the other without it
 */
export function visit(starting, many = oneByOne) {
  const first = (async () => {
    const [cut] = await Promise.all([starting, chosen]);
    return timed(cut, input.files[0], 0);
  })();
  window.bench = {
    first: () => first,
    again: async (index) => timed(await starting, input.files[index], performance.now()),
    async batch(from) {
      const cut = await starting;
      const begun = performance.now();
      await many(cut, [...input.files].slice(from));
      return performance.now() - begun;
    },
    longest: () => longest,
  };
}

async function timed(cut, photo, begun) {
  let look = null;
  const blob = await cut(photo, () => { look ??= performance.now() - begun; });
  const milliseconds = performance.now() - begun;
  const { width, height } = await createImageBitmap(blob);
  return { milliseconds, look, bytes: blob.size, size: [width, height], type: blob.type };
}

async function oneByOne(cut, photos) {
  for (const photo of photos) await cut(photo);
}
