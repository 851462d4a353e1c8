/** What is chosen for the next thing done by hand. */

/** @typedef {"keep" | "remove" | "restore" | "scribble" | "select"} Tool */

/** Which tool an Alt key or the other end of a pen means instead. */
const OTHER = { keep: "remove", remove: "keep" };

/** Says "change" whenever something is another. */
export class Tools extends EventTarget {
  /** @type {Tool} */
  tool = "keep";
  /** Of the brush, in pixels of the screen. */
  size = 40;
  hardness = 0.8;
  smart = false;
  /** Whether a pen that presses harder draws wider; and whether there is a pen. */
  pressure = true;
  hasPen = false;
  /** @type {"keep" | "remove"} what a scribble says */
  scribble = "keep";
  /** Whether a click adds to what is selected. */
  adds = true;
  /** @type {"union" | "subtract" | "replace"} what becomes of the cutout with what is selected */
  combine = "union";

  /** @param {object} part some of the above */
  choose(part) {
    Object.assign(this, part);
    this.dispatchEvent(new Event("change"));
  }

  /** The other one of keep and remove, of a click that adds and one that takes away. */
  swap() {
    if (this.tool === "scribble") this.choose({ scribble: OTHER[this.scribble] });
    else if (this.tool === "select") this.choose({ adds: !this.adds });
    else this.choose({ tool: OTHER[this.tool] ?? this.tool });
  }

  /** @param {number} factor of the size */
  resize(factor) {
    const grown = Math.round(this.size * factor);
    const size = grown === this.size ? this.size + Math.sign(factor - 1) : grown;
    this.choose({ size: Math.min(LARGEST, Math.max(LEAST, size)) });
  }

  /** @param {number} step */
  harden(step) {
    this.choose({ hardness: Math.min(1, Math.max(0, Math.round((this.hardness + step) * 10) / 10)) });
  }

  /**
   * @param {number} scale pixels of the screen for one of the photo
   * @param {boolean} [other] the other one of keep and remove
   * @returns {object} the edit that is drawn with this, without its points
   */
  edit(scale, other = false) {
    const { tool, hardness, smart } = this;
    const what = tool === "scribble" ? this.scribble : tool;
    const meant = (other && OTHER[what]) || what;
    if (tool === "scribble") return { kind: "scribble", what: meant, size: rounded(SCRIBBLE / scale) };
    const size = rounded(this.size / scale);
    return { kind: "stroke", what: meant, size, hardness, smart: smart && what !== "restore" };
  }
}

/** Of the brush, in pixels of the screen. */
export const LEAST = 2;
export const LARGEST = 400;
/** How wide a scribble is. */
export const SCRIBBLE = 10;

/** @returns {number} to hundredths: finer than anybody's hand */
export function rounded(length) {
  return Math.round(length * 100) / 100;
}

/**
 * @param {Tools} tools
 * @returns {Record<string, () => void>} single keys, and what they choose
 */
export function keysOf(tools) {
  const take = (tool) => () => tools.choose({ tool });
  return {
    k: take("keep"), r: take("remove"), t: take("restore"), s: take("scribble"), c: take("select"),
    x: () => tools.swap(),
    "[": () => tools.resize(0.85), "]": () => tools.resize(1.18),
    "{": () => tools.harden(-0.1), "}": () => tools.harden(0.1),
  };
}
