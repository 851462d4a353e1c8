/** Where the picture stands in the stage, and how large: numbers only, in CSS pixels. */

/** Eight pixels of the screen for one of the picture. */
const LARGEST = 8;
/** A tiny picture is shown at least this large. */
const LEAST_SIDE = 256;

export class Camera {
  /** Size of the stage. */
  #stage = { width: 1, height: 1 };
  /** What a picture that fits leaves free: the tools stand there. */
  #free = { top: 0, right: 0, bottom: 0, left: 0 };
  #picture = { width: 1, height: 1 };
  /** Pixels of the screen for one of the picture. */
  scale = 1;
  x = 0;
  y = 0;

  /** @returns {{ width: number, height: number }} the whole picture, in its own pixels */
  get picture() {
    return this.#picture;
  }

  /** @returns {number} the scale at which all of the picture is seen */
  get fit() {
    const { width, height } = this.#picture;
    const inner = this.#inner;
    const natural = Math.max(1, LEAST_SIDE / Math.max(width, height));
    return Math.min(inner.width / width, inner.height / height, natural);
  }

  get largest() {
    return Math.max(LARGEST, this.fit);
  }

  get isZoomed() {
    return this.scale > this.fit * 1.001;
  }

  /** @returns {{ left: number, top: number, width: number, height: number }} the whole picture on the stage */
  get place() {
    const { width, height } = this.#picture;
    return { left: this.x, top: this.y, width: width * this.scale, height: height * this.scale };
  }

  /** @returns {{ left: number, top: number, right: number, bottom: number }} what of the picture is in sight */
  get seen() {
    const { left, top, width, height } = this.place;
    return {
      left: Math.max(0, left),
      top: Math.max(0, top),
      right: Math.min(this.#stage.width, left + width),
      bottom: Math.min(this.#stage.height, top + height),
    };
  }

  /** @returns {{ x: number, y: number, width: number, height: number }} the same in the picture's pixels */
  get region() {
    const { left, top, right, bottom } = this.seen;
    const { width, height } = this.#picture;
    const x = Math.max(0, Math.floor((left - this.x) / this.scale));
    const y = Math.max(0, Math.floor((top - this.y) / this.scale));
    return {
      x, y,
      width: Math.max(1, Math.min(width, Math.ceil((right - this.x) / this.scale)) - x),
      height: Math.max(1, Math.min(height, Math.ceil((bottom - this.y) / this.scale)) - y),
    };
  }

  /** The stage has another size; a picture that fitted goes on fitting. */
  setStage(stage, free) {
    const wasZoomed = this.isZoomed;
    this.#stage = stage;
    this.#free = free;
    if (wasZoomed) this.#settle();
    else this.reset();
  }

  /** @returns {boolean} whether the picture has another size now, and so is seen whole again */
  setPicture({ width, height }) {
    if (width === this.#picture.width && height === this.#picture.height) return false;
    this.#picture = { width, height };
    this.reset();
    return true;
  }

  /** All of the picture. */
  reset() {
    this.scale = this.fit;
    this.#settle();
  }

  /**
   * @param {number} scale
   * @param {{ x: number, y: number }} [point] of the stage that stays where it is; else its middle
   */
  zoomTo(scale, point = { x: this.#stage.width / 2, y: this.#stage.height / 2 }) {
    const next = Math.min(this.largest, Math.max(this.fit, scale));
    this.x = point.x - (point.x - this.x) * (next / this.scale);
    this.y = point.y - (point.y - this.y) * (next / this.scale);
    this.scale = next;
    this.#settle();
  }

  pan(right, down) {
    this.x += right;
    this.y += down;
    this.#settle();
  }

  get #inner() {
    const { top, right, bottom, left } = this.#free;
    return {
      left,
      top,
      width: Math.max(1, this.#stage.width - left - right),
      height: Math.max(1, this.#stage.height - top - bottom),
    };
  }

  /** What is smaller than the free place stands in its middle; what is larger leaves no gap there. */
  #settle() {
    const inner = this.#inner;
    const { width, height } = this.place;
    this.x = within(this.x, width, inner.left, inner.width);
    this.y = within(this.y, height, inner.top, inner.height);
  }
}

function within(at, length, start, room) {
  if (length <= room) return start + (room - length) / 2;
  return Math.min(start, Math.max(start + room - length, at));
}
