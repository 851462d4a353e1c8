/** A colour: chosen from the browser's own picker or written as #rrggbb. */
import { make } from "../dom.js";
import { words } from "../words.js";
import { freshId } from "./parts.js";

const { labels } = words.panels;

const WRITTEN = /^#?([0-9a-f]{6})$/i;

export class Colour {
  element;
  #well;
  #text;
  #value = "#ffffff";
  #onMove;

  /**
   * @param {string} label
   * @param {(colour: string, settle: boolean) => void} onMove
   */
  constructor(label, onMove) {
    this.#onMove = onMove;
    const id = freshId();
    this.#well = make("input", { type: "color", id });
    this.#text = make("input", {
      type: "text", maxLength: 7, spellcheck: false, autocomplete: "off", ariaLabel: labels.written(label),
    });
    this.#well.addEventListener("input", () => this.#move(this.#well.value, false));
    this.#well.addEventListener("change", () => this.#move(this.#well.value, true));
    this.#text.addEventListener("change", () => this.#read());
    this.element = make("div", { className: "colour" },
      make("label", { htmlFor: id, textContent: label }), this.#well, this.#text);
  }

  /** @param {string} colour "#rrggbb" */
  show(colour) {
    this.#value = colour;
    this.#well.value = colour;
    this.#text.value = colour;
  }

  #read() {
    const [, digits] = this.#text.value.trim().match(WRITTEN) ?? [];
    if (digits) this.#move(`#${digits.toLowerCase()}`, true);
    else this.show(this.#value);
  }

  #move(colour, settle) {
    this.show(colour);
    this.#onMove(colour, settle);
  }
}

/** A row of colours to press. */
export class Swatches {
  element;
  #buttons = new Map();

  /**
   * @param {string} label
   * @param {Record<string, string>} offered names by "#rrggbb"
   * @param {(colour: string) => void} onPick
   */
  constructor(label, offered, onPick) {
    this.element = make("div", { className: "swatches", role: "group", ariaLabel: label });
    for (const [colour, name] of Object.entries(offered)) {
      const button = make("button", { type: "button", className: "tint", ariaLabel: name, title: name });
      button.style.setProperty("--tint", colour);
      button.addEventListener("click", () => onPick(colour));
      this.element.append(button);
      this.#buttons.set(colour, button);
    }
  }

  /** @param {string} colour that is in use */
  show(colour) {
    for (const [each, button] of this.#buttons) button.ariaPressed = String(each === colour);
  }
}
