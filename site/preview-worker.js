/**
 * Makes screen-sized pictures of photos, away from the page's thread: decoding and resizing
 * twelve megapixels would block it for longer than anyone should wait.
 */

/**
 * @param {Blob} blob an image file
 * @param {{ width: number, height: number }} box the largest size wanted, in device pixels
 * @returns {Promise<{ bitmap: ImageBitmap, width: number, height: number }>} the picture, upright,
 *     and the size of the whole photo
 */
async function preview(blob, box) {
  const whole = await createImageBitmap(blob, { imageOrientation: "from-image" });
  const { width, height } = whole;
  const scale = Math.min(box.width / width, box.height / height);
  if (scale >= 1) return { bitmap: whole, width, height };
  const bitmap = await createImageBitmap(whole, {
    resizeWidth: Math.max(1, Math.round(width * scale)),
    resizeHeight: Math.max(1, Math.round(height * scale)),
    resizeQuality: "medium",
  });
  whole.close();
  return { bitmap, width, height };
}

self.addEventListener("message", async ({ data: { id, blob, box } }) => {
  try {
    const picture = await preview(blob, box);
    self.postMessage({ id, picture }, { transfer: [picture.bitmap] });
  } catch {
    self.postMessage({ id, picture: null });
  }
});
