/** The ways out: a file, the clipboard, another app; the mask, the receipt. */
import { make } from "../dom.js";
import { words } from "../words.js";

const { labels } = words.panels;

export class Ways {
  element = make("div", { className: "ways" });
  #studio;
  #buttons = [];

  /** @param {import("../studio.js").Studio} studio */
  constructor(studio) {
    this.#studio = studio;
    this.#offer(labels.download, () => studio.save(), "primary");
    if (studio.canCopy) this.#offer(labels.copy, () => studio.copy());
    if (studio.canShare) this.#offer(labels.share, () => studio.share());
    this.#offer(labels.mask, () => studio.save({ kind: "mask" }));
    this.#offer(labels.receipt, () => studio.save({ kind: "receipt" }));
  }

  /** While one thing is written the others wait; a button keeps the focus meanwhile. */
  show() {
    this.element.hidden = !this.#studio.result;
    for (const button of this.#buttons) button.ariaDisabled = String(this.#studio.busy);
  }

  #offer(label, go, className = "") {
    const button = make("button", { type: "button", className, textContent: label });
    button.addEventListener("click", () => { if (!this.#studio.busy) go(); });
    this.#buttons.push(button);
    this.element.append(button);
  }
}
