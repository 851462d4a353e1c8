/** The divider between photo and cutout: a range input that can also be dragged. */
import { words } from "../words.js";

const REST = 50;
const ALL_PHOTO = 100;

/** The input carries the value, the keys and the name for screen readers; pointers come by the stage. */
export class Divider {
  #frame;
  #input;

  /**
   * @param {HTMLElement} frame gets `--at`, the value
   * @param {HTMLInputElement} input of type range, 0 (only the cutout) to 100 (only the photo)
   */
  constructor(frame, input) {
    this.#frame = frame;
    this.#input = input;
    input.addEventListener("input", () => this.#settle());
  }

  get isShown() {
    return !this.#input.hidden;
  }

  get value() {
    return this.#input.valueAsNumber;
  }

  /** Shows the photo alone. */
  hide() {
    this.#input.hidden = true;
    this.#frame.classList.remove("comparing", "gliding");
    this.#move(ALL_PHOTO);
  }

  /** Brings the divider in from the right, so that the cutout appears under it. */
  reveal() {
    if (this.isShown) return;
    this.#input.hidden = false;
    this.#frame.classList.add("comparing", "gliding");
    // The glide starts from where the divider was last drawn; read it before moving.
    void this.#frame.offsetWidth;
    this.#move(REST);
  }

  /** Takes the keys. */
  focus() {
    this.#input.focus({ preventScroll: true, focusVisible: false });
  }

  /** @param {number} percent */
  drag(percent) {
    this.#input.value = String(Math.round(percent));
    this.#settle();
  }

  #settle() {
    this.#frame.classList.remove("gliding");
    this.#move(this.value);
  }

  #move(percent) {
    this.#input.value = String(percent);
    this.#input.setAttribute("aria-valuetext", words.studio.at(percent, ALL_PHOTO - percent));
    this.#frame.style.setProperty("--at", String(percent));
  }
}
