/** The frame of a panel: title, reset, the controls, and why they rest while there is no cutout. */
import { make } from "../dom.js";
import { alike, DEFAULT_LOOK } from "../look.js";
import { words } from "../words.js";
import { freshId } from "./parts.js";

const { labels, said } = words.panels;

export class Section {
  #studio;
  #parts;
  #show;
  #ofOne;
  #controls = make("fieldset", { className: "controls" });
  #reason = make("p", { className: "facts reason", id: freshId() });
  #reset = make("button", { type: "button", className: "quiet" });
  #heading = make("h2", { className: "tools-title", id: freshId(), tabIndex: -1 });

  /**
   * @param {HTMLElement} root an empty section, which gets the panel's name
   * @param {object} studio
   * @param {object} panel
   * @param {string} panel.title
   * @param {string[]} panel.parts of the look that it changes
   * @param {(Node | string)[]} panel.controls
   * @param {(look: object) => void} panel.show brings the controls in line with a look
   * @param {string} [panel.reset] what the button says that takes everything back
   * @param {string} [panel.ofOne] why it rests while all photos are in sight; else it is for all
   */
  constructor(root, studio, { title, parts, controls, show, reset = labels.reset, ofOne = "" }) {
    this.#studio = studio;
    this.#parts = parts;
    this.#show = show;
    this.#ofOne = ofOne;
    const heading = this.#heading;
    heading.textContent = title;
    this.#reset.textContent = reset;
    if (reset === labels.reset) this.#reset.ariaLabel = labels.resetAll(title);
    this.#reset.addEventListener("click", () => this.#startOver());
    this.#controls.append(...controls);
    this.#controls.setAttribute("aria-labelledby", heading.id);
    this.#controls.setAttribute("aria-describedby", this.#reason.id);
    root.classList.add("tools");
    if (!root.hasAttribute("aria-labelledby")) root.setAttribute("aria-labelledby", heading.id);
    root.append(make("header", { className: "tools-top" }, heading, this.#reset), this.#reason, this.#controls);
    for (const event of ["look", "work", "result", "busy"]) studio.addEventListener(event, () => this.refresh());
    this.refresh();
  }

  /** Shows the studio as it is now. */
  refresh() {
    const { look, result, work, forAll } = this.#studio;
    const resting = !result && (!forAll || Boolean(this.#ofOne));
    this.#controls.disabled = resting;
    this.#reason.textContent = forAll ? this.#ofOne || said.forAll : resting ? (work ? said.notYet : said.noPhoto) : "";
    this.#reason.hidden = !this.#reason.textContent;
    this.#reset.disabled = resting || this.#parts.every((part) => alike(look[part], DEFAULT_LOOK[part]));
    this.#show(look);
  }

  #startOver() {
    // A button that goes to rest would lose the focus.
    this.#heading.focus();
    this.#studio.change(Object.fromEntries(this.#parts.map((part) => [part, DEFAULT_LOOK[part]])), { settle: true });
  }
}
