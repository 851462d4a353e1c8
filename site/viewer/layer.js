/** One canvas of the stage: a bitmap, and the part of the picture that it shows. */

/** Side of a canvas on the page, in CSS pixels; all else is a transform, so nothing is laid out anew. */
const SIDE = 256;

/** @typedef {{ x: number, y: number, width: number, height: number }} Region in the picture's pixels */

export class Layer {
  #canvas;
  /** @type {Region | null} null for the whole picture */
  #region = null;
  /** Pixels of the bitmap for one of the picture. */
  density = 0;

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.#canvas = canvas;
    canvas.style.width = canvas.style.height = `${SIDE}px`;
  }

  get isDrawn() {
    return this.density > 0;
  }

  /**
   * Shows a bitmap and gives it up: it belongs to the canvas from then on.
   * @param {ImageBitmap} bitmap
   * @param {{ width: number, height: number }} picture
   * @param {Region | null} [region]
   */
  paint(bitmap, picture, region = null) {
    this.density = bitmap.width / (region ?? picture).width;
    this.#region = region;
    this.#show(bitmap);
    this.#canvas.dataset.drawn = "";
  }

  clear() {
    if (!this.isDrawn) return;
    this.density = 0;
    this.#show(null);
    delete this.#canvas.dataset.drawn;
  }

  /** @param {import("./camera.js").Camera} camera */
  place({ x, y, scale, picture }) {
    const region = this.#region ?? { x: 0, y: 0, ...picture };
    const wide = (region.width * scale) / SIDE;
    const high = (region.height * scale) / SIDE;
    // On whole pixels of the screen: at 100 % every pixel of the picture is one of them.
    const left = snapped(x + region.x * scale);
    const top = snapped(y + region.y * scale);
    this.#canvas.style.transform = `matrix(${wide}, 0, 0, ${high}, ${left}, ${top})`;
  }

  /** Resolves once it no longer fades in. */
  atRest() {
    return Promise.allSettled(this.#canvas.getAnimations().map(({ finished }) => finished));
  }

  #show(bitmap) {
    const canvas = this.#canvas;
    canvas.width = bitmap?.width ?? 1;
    canvas.height = bitmap?.height ?? 1;
    canvas.getContext("bitmaprenderer").transferFromImageBitmap(bitmap);
  }
}

function snapped(length) {
  return Math.round(length * devicePixelRatio) / devicePixelRatio;
}
