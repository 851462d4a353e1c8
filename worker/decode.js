/**
 * Pictures that Python cannot read, decoded by the browser and handed out in parts.
 *
 * Only opaque pictures come back exactly: a canvas keeps colours multiplied by alpha. Python sees to
 * that (heif.py).
 */

/** A decoded picture; `close` gives its memory back. */
class Decoded {
  #bitmap;
  #context;
  #space;

  /**
   * @param {ImageBitmap} bitmap
   * @param {PredefinedColorSpace} space of the colours that `part` gives
   */
  constructor(bitmap, space) {
    this.#bitmap = bitmap;
    this.#space = space;
    this.width = bitmap.width;
    this.height = bitmap.height;
  }

  /** Red, green, blue and straight alpha of a part. */
  part(left, top, width, height) {
    const context = this.#canvas(width, height);
    context.globalCompositeOperation = "copy";
    context.drawImage(this.#bitmap, left, top, width, height, 0, 0, width, height);
    return context.getImageData(0, 0, width, height).data;
  }

  close() {
    this.#bitmap.close();
    this.#context = null;
  }

  /** A canvas of this size, the same as long as the size stays. */
  #canvas(width, height) {
    const { canvas } = this.#context ?? {};
    if (canvas?.width !== width || canvas?.height !== height) {
      const options = { colorSpace: this.#space, willReadFrequently: true };
      this.#context = new OffscreenCanvas(width, height).getContext("2d", options);
      this.#context.imageSmoothingEnabled = false;
    }
    return this.#context;
  }
}

/**
 * Decodes the first picture of a file, upright.
 * @param {Uint8Array<ArrayBuffer>} data
 * @param {string} type its MIME type
 * @param {"raw" | "srgb" | "display-p3"} space of the colours; raw leaves them as they are stored
 * @returns {Promise<Decoded>} rejects where the browser cannot
 */
export async function decode(data, type, space) {
  const raw = space === "raw";
  const options = { colorSpaceConversion: raw ? "none" : "default" };
  const bitmap = await createImageBitmap(new Blob([data], { type }), options);
  return new Decoded(bitmap, raw ? "srgb" : space);
}
