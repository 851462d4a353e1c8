/**
 * Makes screen-sized pictures of photos, away from the page's thread: decoding and resizing
 * twelve megapixels would block it for longer than anyone should wait.
 */

/**
 * @param {Blob} blob an image file
 * @param {{ x: number, y: number, width: number, height: number } | null} region of its pixels
 * @param {{ width: number, height: number }} box the largest size wanted, in device pixels
 * @returns {Promise<{ bitmap: ImageBitmap, width: number, height: number }>} the picture, upright,
 *     and the size of the whole photo
 */
async function preview(blob, region, box) {
  const whole = await createImageBitmap(blob, { imageOrientation: "from-image" });
  const { width, height } = whole;
  const part = region ?? { x: 0, y: 0, width, height };
  const scale = Math.min(1, box.width / part.width, box.height / part.height);
  if (scale === 1 && !region) return { bitmap: whole, width, height };
  const bitmap = await createImageBitmap(whole, part.x, part.y, part.width, part.height, {
    resizeWidth: Math.max(1, Math.round(part.width * scale)),
    resizeHeight: Math.max(1, Math.round(part.height * scale)),
    resizeQuality: "medium",
  });
  whole.close();
  return { bitmap, width, height };
}

self.addEventListener("message", async ({ data: { id, blob, region, box } }) => {
  try {
    const picture = await preview(blob, region, box);
    self.postMessage({ id, picture }, { transfer: [picture.bitmap] });
  } catch {
    self.postMessage({ id, picture: null });
  }
});
