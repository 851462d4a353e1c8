/** Everything that was done by hand to this photo: each can be taken back on its own. */
import { make } from "../dom.js";
import { freshId } from "../panels/parts.js";
import { whisper } from "../toast.js";
import { words } from "../words.js";
import { icon } from "./icons.js";

const { hand } = words;

/**
 * @param {object} edit
 * @returns {string} what it is, in plain words
 */
export function nameOf(edit) {
  if (edit.kind === "select") return hand.selections[edit.combine];
  if (edit.kind === "drop") return hand.drop;
  return (edit.kind === "scribble" ? hand.scribbleLines : hand.strokes)[edit.what];
}

export class EditList {
  element;
  #studio;
  #onLook;
  #list = make("ol", { className: "edits", reversed: true });
  #none = make("p", { className: "facts", textContent: hand.none });
  #heading = make("h3", { className: "edits-title", id: freshId(), tabIndex: -1, textContent: hand.edits });
  #shown = null;

  /**
   * @param {import("../studio.js").Studio} studio
   * @param {(edit: object | null) => void} onLook somebody looks at one of them
   */
  constructor(studio, onLook) {
    this.#studio = studio;
    this.#onLook = onLook;
    this.#list.setAttribute("aria-labelledby", this.#heading.id);
    this.element = make("div", { className: "group tight" }, this.#heading, this.#none, this.#list);
  }

  /** @param {object[]} edits newest last; shown the other way round */
  show(edits) {
    if (edits === this.#shown) return;
    this.#shown = edits;
    this.#onLook(null);
    this.#none.hidden = edits.length > 0;
    this.#list.hidden = !edits.length;
    this.#list.replaceChildren(...edits.map((edit, at) => this.#row(edit, at)).reverse());
  }

  #row(edit, at) {
    const name = nameOf(edit);
    const remove = make("button", { type: "button", className: "quiet icon" }, icon("close"));
    remove.ariaLabel = hand.removeOne(at + 1, name);
    remove.addEventListener("click", () => this.#remove(at, name));
    const drawing = edit.kind === "stroke" || edit.kind === "scribble" ? edit.what : edit.kind;
    const sign = make("span", { className: "edit-sign" }, icon(drawing));
    sign.dataset.what = edit.what ?? edit.combine ?? edit.kind;
    const row = make("li", { className: "edit" }, sign, make("span", { className: "edit-name" }, name), remove);
    for (const begin of ["pointerenter", "focusin"]) row.addEventListener(begin, () => this.#onLook(edit));
    for (const end of ["pointerleave", "focusout"]) row.addEventListener(end, () => this.#onLook(null));
    return row;
  }

  /** The button goes: its neighbour has the focus then. */
  #remove(at, name) {
    const { edits } = this.#studio.look;
    this.#studio.change({ edits: edits.filter((_, index) => index !== at) });
    const rows = this.#list.children;
    const next = rows[Math.min(rows.length - 1, edits.length - 1 - at)];
    (next?.querySelector("button") ?? this.#heading).focus();
    whisper(hand.removed(name));
  }
}
