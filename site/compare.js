/** The divider between photo and cutout: a range input that can also be dragged anywhere. */
import { words } from "./words.js";

const REST = 50;
const ALL_PHOTO = 100;

/**
 * The input carries the value, the keys and the name for screen readers; the pointer is followed on
 * the whole frame, since phones only let a range input be dragged by its small thumb.
 */
export class Compare {
  #frame;
  #input;
  #dragging = null;

  /**
   * @param {HTMLElement} frame
   * @param {HTMLInputElement} input of type range, 0 (only the cutout) to 100 (only the photo)
   */
  constructor(frame, input) {
    this.#frame = frame;
    this.#input = input;
    input.addEventListener("input", () => this.#settle());
    frame.addEventListener("pointerdown", (event) => this.#grab(event));
    frame.addEventListener("pointermove", (event) => this.#drag(event));
    for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) {
      frame.addEventListener(end, () => this.#release());
    }
  }

  /** Shows the photo alone, without a divider. */
  hide() {
    this.#release();
    this.#input.hidden = true;
    this.#frame.classList.remove("comparing", "gliding");
    this.#move(ALL_PHOTO);
  }

  /** Brings the divider in from the right, so that the cutout appears under it. */
  reveal() {
    this.#input.hidden = false;
    this.#frame.classList.add("comparing", "gliding");
    // The glide starts from where the divider was last drawn; read it before moving.
    void this.#frame.offsetWidth;
    this.#move(REST);
  }

  #grab(event) {
    if (this.#input.hidden || event.button !== 0) return;
    this.#dragging = event.pointerId;
    this.#frame.setPointerCapture(event.pointerId);
    this.#input.focus({ preventScroll: true, focusVisible: false });
    event.preventDefault();
    this.#follow(event);
  }

  #drag(event) {
    if (event.pointerId === this.#dragging) this.#follow(event);
  }

  #release() {
    this.#dragging = null;
  }

  #follow({ clientX }) {
    const { left, width } = this.#frame.getBoundingClientRect();
    this.#input.value = String(Math.round(100 * (clientX - left) / width));
    this.#settle();
  }

  #settle() {
    this.#frame.classList.remove("gliding");
    this.#move(this.#input.valueAsNumber);
  }

  #move(percent) {
    this.#input.value = String(percent);
    this.#input.setAttribute("aria-valuetext", words.at(percent));
    this.#frame.style.setProperty("--at", `${percent}%`);
  }
}
