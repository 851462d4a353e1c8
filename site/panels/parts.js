/** The smaller controls that the panels are made of. */
import { make } from "../dom.js";

let made = 0;

/** @returns {string} an id that no other element has */
export const freshId = () => `part-${++made}`;

/**
 * @param {Record<string, string>} titles by value
 * @returns {{ value: string, title: string }[]} what a choice offers
 */
export function offered(titles) {
  return Object.entries(titles).map(([value, title]) => ({ value, title }));
}

/** One of a few. */
export class Choice {
  element;
  #inputs = new Map();

  /**
   * @param {string} label
   * @param {{ value: string, title: string, hint?: string, picture?: HTMLElement }[]} offered
   * @param {(value: string) => void} onPick
   * @param {string} [kind] "rows" and "tiles" instead of segments in a line
   */
  constructor(label, offered, onPick, kind = "segments-line") {
    const name = freshId();
    this.element = make("fieldset", { className: `choice ${kind}` }, make("legend", { textContent: label }));
    const line = make("div", { className: "options" });
    for (const { value, title, hint, picture } of offered) {
      const input = make("input", { type: "radio", name, value });
      input.addEventListener("change", () => onPick(value));
      const option = make("label", { className: "option" }, input);
      if (picture) option.append(picture);
      option.append(make("span", { className: "option-title", textContent: title }));
      if (hint) option.append(explained(input, hint));
      line.append(option);
      this.#inputs.set(value, input);
    }
    this.element.append(line);
  }

  /** @param {string | null} value none is chosen where nothing is called so */
  show(value) {
    for (const [each, input] of this.#inputs) input.checked = each === value;
  }
}

/** On or off. */
export class Toggle {
  element;
  #input;

  /**
   * @param {string} label
   * @param {string} hint
   * @param {(on: boolean) => void} onPick
   */
  constructor(label, hint, onPick) {
    this.#input = make("input", { type: "checkbox" });
    this.#input.addEventListener("change", () => onPick(this.#input.checked));
    this.element = make("label", { className: "toggle" },
      this.#input, make("span", { className: "option-title", textContent: label }));
    if (hint) this.element.append(explained(this.#input, hint));
  }

  /** @param {boolean} on */
  show(on) {
    this.#input.checked = on;
  }
}

/** A whole number of pixels, or none. */
export class NumberField {
  element;
  #input;
  #value = null;

  /**
   * @param {string} label
   * @param {{ most: number, placeholder?: string, unit?: string }} limits
   * @param {(value: number | null) => void} onChange
   */
  constructor(label, { most, placeholder = "", unit = "" }, onChange) {
    const id = freshId();
    this.#input = make("input", {
      type: "number", id, min: "1", max: String(most), step: "1", inputMode: "numeric", placeholder,
    });
    this.#input.addEventListener("change", () => {
      const typed = Math.round(this.#input.valueAsNumber);
      const value = Number.isNaN(typed) ? null : Math.min(most, Math.max(1, typed));
      const changed = value !== this.#value;
      this.show(value);
      if (changed) onChange(value);
    });
    this.element = make("div", { className: "number" }, make("label", { htmlFor: id, textContent: label }),
      make("span", { className: "value" }, this.#input));
    if (unit) this.element.lastChild.append(make("span", { ariaHidden: "true", textContent: unit }));
  }

  /** @param {number | null} value */
  show(value) {
    this.#value = value;
    this.#input.value = value === null ? "" : String(value);
  }
}

/** @returns {HTMLElement} a hint that belongs to an input */
function explained(input, sentence) {
  const hint = make("span", { className: "facts explains", id: freshId(), textContent: sentence });
  input.setAttribute("aria-describedby", hint.id);
  return hint;
}
