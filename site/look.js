/**
 * A look: everything that is asked of a cutout beyond the cut itself. A plain frozen object of the
 * words that the public API takes, so that it can be kept, compared and handed to Python as it is.
 *
 * @typedef {object} Look
 * @property {object[]} edits what was done by hand, in order
 * @property {Required<import("./types.js").Refinement>} refine
 * @property {null | string | object} background
 * @property {null | object} shadow
 * @property {null | object} frame
 * @property {null | string} preset
 * @property {{ format: string, quality: number | null, lossless: boolean, effort: "quick" | "small",
 *     depth: 8 | 10, metadata: "strip" | "keep" }} output
 */

/** These have parts of their own, which change one by one; the others are replaced whole. */
const IN_PARTS = new Set(["refine", "output"]);

/** @type {Look} what a cutout is when nobody asks for anything */
export const DEFAULT_LOOK = frozen({
  edits: [],
  refine: { feather: 0, smooth: 0, shift: 0, threshold: 0, decontaminate: 1 },
  background: null,
  shadow: null,
  frame: null,
  preset: null,
  output: {
    format: "image/png", quality: null, lossless: false, effort: "quick", depth: 8, metadata: "strip",
  },
});

/**
 * @param {Look} look
 * @param {Partial<Look>} part `refine` and `output` may be given in part, the others are whole
 * @returns {Look}
 */
export function changed(look, part) {
  const next = { ...look };
  for (const [name, value] of Object.entries(part)) {
    next[name] = IN_PARTS.has(name) ? { ...look[name], ...value } : value;
  }
  return frozen(next);
}

/** @returns {Look} what of it holds for another photo, too: what was done by hand belongs to its own */
export function forOthers(look) {
  return changed(look, { edits: DEFAULT_LOOK.edits });
}

/** @returns {object} the look in the words of `removeBackground` and `change` */
export function lookAsOptions({ output, ...scene }) {
  return { ...scene, ...output };
}

/** @returns {object} what of the look can be seen, in the words of `view` */
export function lookInView({ edits, refine, background, shadow, frame }) {
  return { edits, refine, background, shadow, frame };
}

/** @returns {boolean} whether two looks, or parts of them, ask for the same; a picture is itself only */
export function alike(one, other) {
  if (one === other) return true;
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((each, at) => alike(each, other[at]));
  }
  if (!isPlain(one) || !isPlain(other)) return false;
  const names = Object.keys(one);
  return names.length === Object.keys(other).length
    && names.every((name) => alike(one[name], other[name]));
}

function isPlain(value) {
  return value !== null && typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype;
}

/** Pictures among it stay what they are. */
function frozen(value) {
  if (!(isPlain(value) || Array.isArray(value)) || Object.isFrozen(value)) return value;
  for (const part of Object.values(value)) frozen(part);
  return Object.freeze(value);
}
