/** One subject in the list: its thumbnail, how much of the photo it is, and whether it is kept. */
import { make } from "../dom.js";
import { decimal } from "../words/numbers.js";
import { words } from "../words.js";

export class Row {
  element;
  #picture = make("canvas", { className: "subject-picture" });
  #name = make("span", { className: "option-title" });
  #share = make("span", { className: "facts" });
  #switch = make("input", { type: "checkbox", role: "switch" });
  #number = 0;
  #count = 0;
  /** As `subjects` gives it, with the edits themselves as `drops`. */
  subject = null;

  /**
   * @param {object} hears
   * @param {(kept: boolean) => void} hears.onKeep it was dropped or brought back
   * @param {(box: object | null) => void} hears.onPoint it is pointed at, by pointer or by focus, or no longer
   */
  constructor({ onKeep, onPoint }) {
    this.#picture.ariaHidden = "true";
    this.#switch.addEventListener("change", () => {
      onKeep(this.#switch.checked);
      this.#tell();
    });
    const told = make("span", { className: "subject-told" }, this.#name, this.#share);
    const label = make("label", { className: "subject" }, this.#picture, told, this.#switch);
    for (const event of ["pointerenter", "focusin"]) {
      label.addEventListener(event, () => onPoint(this.subject.box));
    }
    for (const event of ["pointerleave", "focusout"]) label.addEventListener(event, () => onPoint(null));
    this.element = make("li", {}, label);
  }

  get kept() {
    return this.subject.drops.length === 0;
  }

  /**
   * @param {object} subject its bitmap is taken over
   * @param {number} number counted from 0
   * @param {number} count of all
   */
  show(subject, number, count) {
    this.subject = subject;
    this.#number = number + 1;
    this.#count = count;
    const { bitmap } = subject;
    Object.assign(this.#picture, { width: bitmap.width, height: bitmap.height });
    this.#picture.getContext("bitmaprenderer").transferFromImageBitmap(bitmap);
    this.#tell();
  }

  #tell() {
    const { share } = this.subject;
    const percent = words.numbers.percent(decimal(100 * share, share < 0.0995 ? 1 : 0));
    this.#switch.checked = this.kept;
    this.#switch.ariaLabel = words.subjects.full(this.#number, this.#count, percent, this.kept);
    this.#name.textContent = words.subjects.one(this.#number);
    this.#share.textContent = words.subjects.share(percent, this.kept);
    this.element.toggleAttribute("data-dropped", !this.kept);
  }
}
