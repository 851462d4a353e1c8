/** How one looks at a cutout: on a checkerboard, a plain colour, or at its mask. For the eye alone. */
import { byId } from "../dom.js";

/** What is not the cutout itself; all other names are backdrops. */
const PICTURES = new Set(["mask", "uncertainty"]);

export class Looking {
  #frame = byId("frame");
  #group = byId("looking");
  #own = byId("own-colour");
  #onChange;
  /** @type {"cutout" | "mask" | "uncertainty"} */
  what = "cutout";

  /** @param {() => void} onChange something else is to be seen */
  constructor(onChange) {
    this.#onChange = onChange;
    this.#group.addEventListener("change", ({ target }) => {
      if (target !== this.#own) this.look(target.value);
    });
    for (const event of ["input", "click"]) this.#own.addEventListener(event, () => this.look("own"));
    this.look("checks");
  }

  /** @param {string} name "checks", "white", "black", "own", "mask" or "uncertainty" */
  look(name) {
    for (const radio of this.#group.querySelectorAll("[type=radio]")) radio.checked = radio.value === name;
    this.#own.parentElement.classList.toggle("chosen", name === "own");
    this.#own.parentElement.style.setProperty("--own", this.#own.value);
    this.#frame.style.setProperty("--own", this.#own.value);
    this.what = PICTURES.has(name) ? name : "cutout";
    this.#frame.dataset.backdrop = this.what === "cutout" ? name : "checks";
    this.#onChange();
  }

  /** The next one in their order. */
  next() {
    const radios = [...this.#group.querySelectorAll("[type=radio]")];
    const at = radios.findIndex((radio) => radio.checked);
    this.look(radios[(at + 1) % radios.length].value);
  }
}
