/** Thumbnails for what is in sight, and a little beyond; what is scrolled past is not made. */
import { Callee } from "../build.js";

/** In CSS pixels; a tile is seldom larger. */
const SIDE = 220;
/** Made at once: the rest waits here, where what has gone out of sight can be taken back. */
const AT_ONCE = 2;

export class Thumbnails {
  #worker = null;
  #wanted = new Map();
  #underWay = 0;

  /**
   * @param {unknown} key whose it is; a newer wish for the same replaces an older
   * @param {Blob} blob an image file
   * @param {(picture: Blob | null) => void} show null where the browser cannot read the file
   */
  want(key, blob, show) {
    this.#wanted.delete(key);
    this.#wanted.set(key, { blob, show });
    this.#next();
  }

  /** @param {unknown} key out of sight, or gone */
  forgo(key) {
    this.#wanted.delete(key);
  }

  #next() {
    if (this.#underWay >= AT_ONCE || !this.#wanted.size) return;
    const [[key, { blob, show }]] = this.#wanted;
    this.#wanted.delete(key);
    this.#underWay++;
    this.#make(blob).then(show).finally(() => {
      this.#underWay--;
      this.#next();
    });
  }

  async #make(blob) {
    if (!this.#worker || this.#worker.ended) {
      this.#worker = new Callee(new URL("./thumbnail-worker.js", import.meta.url).href, "thumbnails");
    }
    const side = Math.round(SIDE * Math.min(2, globalThis.devicePixelRatio || 1));
    return this.#worker.call("thumbnail", { blob, side }).catch(() => null);
  }
}
