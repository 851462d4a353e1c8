/** Strokes and scribbles: points become an edit, which the look has already while it is drawn. */
import { rounded } from "./tools.js";

/** Its outline is found once it is done: until then it would move about. */
const ROUGH = { smart: false };

/** @typedef {{ x: number, y: number, pressure: number }} Point in pixels of the photo */

export class Brush {
  #studio;
  #work = null;
  #before = [];
  #edit = null;
  #apart = 0;
  #live = false;
  #asked = 0;

  /** @param {import("../studio.js").Studio} studio */
  constructor(studio) {
    this.#studio = studio;
  }

  /** @returns {object | null} the edit that is being drawn */
  get edit() {
    return this.#edit;
  }

  /**
   * @param {object} edit without its points
   * @param {Point[]} points to begin with
   * @param {number} apart nearer points are left out
   */
  begin(edit, points, apart) {
    this.#work = this.#studio.work;
    this.#before = this.#studio.look.edits;
    this.#edit = { ...edit, points: [] };
    this.#apart = apart;
    this.#live = false;
    this.add(points);
  }

  /** It is seen from now on: it is meant, and no finger of a pinch. Scribbles wait for their end. */
  show() {
    this.#live = this.#edit?.kind === "stroke";
    this.#soon();
  }

  /** @param {Point[]} points */
  add(points) {
    const kept = this.#edit.points;
    for (const { x, y, pressure } of points) {
      const last = kept.at(-1);
      if (last && Math.hypot(x - last[0], y - last[1]) < this.#apart) continue;
      kept.push([rounded(x), rounded(y), rounded(pressure)]);
    }
    this.#soon();
  }

  /** @returns {object | null} the edit, which is a step now; null where the photo is another meanwhile */
  end() {
    const edit = this.#stop();
    if (this.#work !== this.#studio.work) return null;
    this.#studio.change({ edits: [...this.#before, edit] });
    return edit;
  }

  /** As if it had not been begun. */
  cancel() {
    if (!this.#edit) return;
    this.#stop();
    if (this.#work === this.#studio.work) this.#studio.change({ edits: this.#before });
  }

  #stop() {
    const edit = this.#edit;
    this.#edit = null;
    cancelAnimationFrame(this.#asked);
    this.#asked = 0;
    return edit;
  }

  /** Once a frame is enough. */
  #soon() {
    if (!this.#live) return;
    this.#asked ||= requestAnimationFrame(() => {
      this.#asked = 0;
      const edit = { ...this.#edit, ...ROUGH, points: [...this.#edit.points] };
      if (this.#work === this.#studio.work) {
        this.#studio.change({ edits: [...this.#before, edit] }, { settle: false });
      }
    });
  }
}
