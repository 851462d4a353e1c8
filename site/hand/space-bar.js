/** The space bar on the stage: held it lets the pointer move the picture, tapped it draws. */

export class SpaceBar {
  #frame;
  #isOn;
  #state = "";

  /**
   * @param {HTMLElement} frame
   * @param {object} hears
   * @param {() => boolean} hears.isOn whether one works by hand
   * @param {(shift: boolean) => void} hears.onTap it was let go, and nothing was moved meanwhile
   */
  constructor(frame, { isOn, onTap }) {
    this.#frame = frame;
    this.#isOn = isOn;
    // Before the stage hears of it, which keeps its keys to itself.
    addEventListener("keydown", (event) => this.#hold(event), { capture: true });
    addEventListener("keyup", (event) => this.#release(event, onTap));
    addEventListener("blur", () => { this.#state = ""; });
  }

  /** @returns {boolean} whether a pointer that comes down moves the picture, which it is taken to do */
  moves() {
    this.#state &&= "moves";
    return this.#state !== "";
  }

  #hold(event) {
    if (event.key !== " " || !this.#isOn() || ![document.body, this.#frame].includes(event.target)) return;
    event.preventDefault();
    this.#state ||= "held";
    this.#frame.dataset.hand = "pan";
  }

  #release({ key, target, shiftKey }, onTap) {
    if (key !== " " || !this.#state) return;
    const tapped = this.#state === "held" && target === this.#frame;
    this.#state = "";
    if (this.#isOn()) this.#frame.dataset.hand = "";
    if (tapped) onTap(shiftKey);
  }
}
