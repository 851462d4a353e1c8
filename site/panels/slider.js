/** A number: a range to slide, a field to type into, and the way back to its default. */
import { make } from "../dom.js";
import { words } from "../words.js";
import { hiddenIcon } from "./icons.js";
import { freshId } from "./parts.js";

const { labels, units } = words.panels;

/** How numbers are shown: `factor` makes one of a value. */
const UNITS = {
  pixels: { factor: 1, sign: "px" },
  percent: { factor: 100, sign: "%" },
  hundredths: { factor: 1, sign: "%" },
  degrees: { factor: 1, sign: "°" },
  points: { factor: 1, sign: "" },
};
const FORGET = new Set(["Backspace", "Delete"]);

export class Slider {
  element;
  #range;
  #number;
  #back;
  #value;
  #unit;
  #least;
  #most;
  #standard;
  #onMove;
  #moved = false;
  #keyDown = false;

  /**
   * @param {object} scale
   * @param {string} scale.label
   * @param {string} [scale.hint] a few words about what it does
   * @param {keyof typeof units} scale.unit
   * @param {number} scale.least
   * @param {number} scale.most
   * @param {number} [scale.usual] how far the range goes to each side, where the field takes more
   * @param {number} scale.step in the unit
   * @param {number} scale.standard to which it is reset
   * @param {(value: number, settle: boolean) => void} onMove `settle` is false while it moves
   */
  constructor({ label, hint = "", unit, least, most, usual = most, step, standard }, onMove) {
    this.#unit = { ...UNITS[unit], ...units[unit] };
    this.#least = least;
    this.#most = most;
    this.#standard = standard;
    this.#onMove = onMove;
    const { factor, sign } = this.#unit;
    const fine = String(step * factor);
    const id = freshId();
    this.#range = make("input", {
      type: "range", id, step: fine, min: String(Math.max(least, -usual) * factor), max: String(usual * factor),
    });
    this.#number = make("input", {
      type: "number", inputMode: least < 0 ? "text" : "decimal",
      min: String(least * factor), max: String(most * factor), step: fine,
      ariaLabel: labels.inUnit(label, this.#unit.name),
    });
    const back = labels.resetOne(label);
    this.#back = make("button", { type: "button", className: "quiet icon back", ariaLabel: back, title: back },
      hiddenIcon("back"));
    const name = make("div", { className: "slider-name" }, make("label", { htmlFor: id, textContent: label }));
    const shown = make("span", { className: "value" }, this.#number);
    if (sign) shown.append(make("span", { ariaHidden: "true", textContent: sign }));
    if (hint) name.append(this.#explained(hint));
    this.element = make("div", { className: "slider" }, name, this.#range, this.#back, shown);
    this.#listen();
    this.show(standard);
  }

  /** @param {number} value */
  show(value) {
    this.#value = value;
    const shown = Number((value * this.#unit.factor).toFixed(2));
    if (this.#range.valueAsNumber !== shown) this.#range.value = String(shown);
    // What somebody is typing stays as it is written.
    if (this.#number.valueAsNumber !== shown) this.#number.value = String(shown);
    this.#range.setAttribute("aria-valuetext", this.#unit.spoken(shown));
    this.#back.classList.toggle("idle", value === this.#standard);
    this.#back.disabled = value === this.#standard;
  }

  #explained(hint) {
    const line = make("p", { className: "facts explains", id: freshId(), textContent: hint });
    this.#range.setAttribute("aria-describedby", line.id);
    return line;
  }

  #listen() {
    const range = this.#range;
    range.addEventListener("input", () => this.#move(range.valueAsNumber / this.#unit.factor));
    // A key that is held down moves many times, and is one change.
    range.addEventListener("change", () => { if (!this.#keyDown) this.#settle(); });
    range.addEventListener("keydown", (event) => {
      this.#keyDown = true;
      if (FORGET.has(event.key)) this.#reset();
    });
    for (const end of ["keyup", "blur"]) {
      range.addEventListener(end, () => {
        this.#keyDown = false;
        this.#settle();
      });
    }
    range.addEventListener("dblclick", () => this.#reset());
    this.#number.addEventListener("input", () => this.#type());
    this.#number.addEventListener("change", () => this.#finish());
    this.#back.addEventListener("click", () => {
      range.focus();
      this.#reset();
    });
  }

  #type() {
    const value = this.#number.valueAsNumber / this.#unit.factor;
    if (value >= this.#least && value <= this.#most) this.#move(value);
  }

  /** What is typed is held to the limits; nothing at all leaves the number as it was. */
  #finish() {
    const typed = this.#number.valueAsNumber / this.#unit.factor;
    if (!Number.isNaN(typed)) this.#move(Math.min(this.#most, Math.max(this.#least, typed)));
    else this.#number.value = String(Number((this.#value * this.#unit.factor).toFixed(2)));
    this.#settle();
  }

  #move(value) {
    if (value === this.#value) return;
    this.#moved = true;
    this.show(value);
    this.#onMove(value, false);
  }

  #settle() {
    if (!this.#moved) return;
    this.#moved = false;
    this.#onMove(this.#value, true);
  }

  #reset() {
    this.#move(this.#standard);
    this.#settle();
  }
}
