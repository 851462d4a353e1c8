/** What is to be asked of Python, and how large: told from the camera. */
import { alike } from "../look.js";

/** While a control moves a picture this large is quick enough: pixels of its longer side. */
const LIVE_SIDE = 1000;
const LARGEST_SIDE = 2400;
/** Sides are rounded up, so that a window that is resized does not ask for every size. */
const SIDE_STEP = 256;
/** What is nearly as sharp as the screen is sharp. */
const NEARLY = 0.95;

/**
 * @typedef {object} Wish what is to be seen
 * @property {import("../types.js").Result} result
 * @property {object} look as `view` takes it
 * @property {"cutout" | "mask" | "uncertainty"} what
 * @property {{ x: number, y: number, width: number, height: number } | null} region
 * @property {number} side of the bitmap, at most
 */

/**
 * @param {import("./camera.js").Camera} camera
 * @param {boolean} moving whether a control moves
 * @returns {{ region: null, side: number }} all of the picture, as large as it is when it fits
 */
export function whole({ picture, fit }, moving) {
  const longer = Math.max(picture.width, picture.height) * fit * devicePixelRatio;
  const side = Math.min(LARGEST_SIDE, SIDE_STEP * Math.ceil(longer / SIDE_STEP));
  return { region: null, side: moving ? Math.min(LIVE_SIDE, side) : side };
}

/**
 * @param {import("./camera.js").Camera} camera
 * @param {number} drawn pixels for one of the picture's, of what is there
 * @returns {{ region: object, side: number } | null} the part in sight; null where that is sharp already
 */
export function sharp(camera, drawn) {
  const density = Math.min(1, camera.scale * devicePixelRatio);
  if (!camera.isZoomed || drawn > NEARLY * density) return null;
  const { region } = camera;
  const side = Math.ceil(Math.max(region.width, region.height) * density);
  return { region, side: Math.min(LARGEST_SIDE, side) };
}

/**
 * @param {Wish} one
 * @param {Wish | null} other
 * @returns {boolean}
 */
export function sameWish(one, other) {
  return other !== null && one.result === other.result && one.what === other.what && one.side === other.side
    && alike(one.region, other.region) && alike(one.look, other.look);
}
