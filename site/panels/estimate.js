/** About how large the file will be, told while people choose. */
import { lookAsOptions } from "../look.js";
import { words } from "../words.js";
import { bytes } from "../words/numbers.js";

const { said } = words.panels;

/** So long nobody changed anything before it is worth asking. */
const PAUSE_MS = 300;

export class Estimate {
  #studio;
  #place;
  #timer;
  #asked = 0;
  #busy = false;
  #seen = false;

  /**
   * @param {import("../studio.js").Studio} studio
   * @param {HTMLElement} place where it is told; only while that is in sight is anything asked
   */
  constructor(studio, place) {
    this.#studio = studio;
    this.#place = place;
    new IntersectionObserver((entries) => {
      this.#seen = entries.at(-1).isIntersecting;
      this.refresh();
    }).observe(place);
  }

  /** The look or the cutout may be another. */
  refresh() {
    this.#asked++;
    clearTimeout(this.#timer);
    const { work, result } = this.#studio;
    if (!result) this.#tell("");
    else if (work.isMade) this.#tell(said.written(bytes(result.blob.size)));
    else if (this.#seen) this.#timer = setTimeout(() => this.#ask(), PAUSE_MS);
  }

  /** One question at a time; the last one is answered. */
  async #ask() {
    if (this.#busy) return;
    this.#busy = true;
    const mine = this.#asked;
    try {
      const cutaway = await this.#studio.cutaway();
      const { result, look } = this.#studio;
      const { bytes: size } = await cutaway.estimate(result, lookAsOptions(look));
      if (mine === this.#asked) this.#tell(said.estimate(bytes(size)));
    } catch (error) {
      console.warn(error);
      if (mine === this.#asked) this.#tell(said.noEstimate);
    } finally {
      this.#busy = false;
    }
    if (mine !== this.#asked) this.refresh();
  }

  /** The place is never hidden: what is not in sight is not asked about. */
  #tell(sentence) {
    if (this.#place.textContent !== sentence) this.#place.textContent = sentence;
  }
}
