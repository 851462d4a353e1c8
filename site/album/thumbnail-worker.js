/** Makes thumbnails, one after the other, away from the page's thread; small files, not bitmaps. */
import { answer } from "../build.js";

let last = Promise.resolve();

answer({
  /**
   * `{ blob, side }` → `Blob` of a picture whose shorter side is `side` pixels at most; null where
   * the browser cannot read it.
   */
  thumbnail({ blob, side }) {
    // One at a time: each holds a whole photo for a moment.
    const made = last.then(() => thumbnail(blob, side)).catch(() => null);
    last = made;
    return made;
  },
});

async function thumbnail(blob, side) {
  const whole = await createImageBitmap(blob, { imageOrientation: "from-image" });
  const [short, long] = [whole.width, whole.height].sort((one, other) => one - other);
  // A panorama may be longer, within reason.
  const scale = Math.min(1, side / short, (3 * side) / long);
  const width = Math.max(1, Math.round(whole.width * scale));
  const height = Math.max(1, Math.round(whole.height * scale));
  const small = await createImageBitmap(whole, { resizeWidth: width, resizeHeight: height, resizeQuality: "medium" });
  whole.close();
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext("bitmaprenderer").transferFromImageBitmap(small);
  // Where WebP cannot be written the browser gives PNG.
  return canvas.convertToBlob({ type: "image/webp", quality: 0.8 });
}
