/**
 * What the public API takes and gives, in the words of JSDoc. Nothing runs here, so nothing loads it.
 */

/**
 * @typedef {{ stage: string, done: number, total: number, unit: "bytes" | "step", model: string }} Progress
 *
 * A cutout. `mask` gives its matte as a grey PNG; `uncertainty` another that is bright where it may
 * be wrong, of the last photo only: for others it fails with the code "not-held", as `mask` does
 * where something stands around the subject.
 * @typedef {{ blob: Blob, mask: () => Promise<Blob>, uncertainty: () => Promise<Blob>, receipt: object }} Result
 *
 * What is asked of the edge; what is left out changes nothing, except that `decontaminate` is 1.
 * @typedef {object} Refinement
 * @property {number} [feather] 0 to 100 pixels: a hard edge becomes a slope so far to each side
 * @property {number} [smooth] 0 to 50 pixels: evens the outline and keeps its softness
 * @property {number} [shift] -50 to 50 pixels, also parts of one: outward (+) or inward (-)
 * @property {number} [threshold] 0 to 1: how steep the edge becomes; at 1 nothing is soft
 * @property {number} [decontaminate] 0 (the photo's colours) to 1 (no old background in soft pixels)
 */

/**
 * A colour as "#rrggbb", an image file, or one of: `{ kind: "colour", colour }`,
 * `{ kind: "gradient", from, to, angle }` (degrees, 0 upwards, clockwise), `{ kind: "image", image }`,
 * `{ kind: "blur", radius }`, the photo's own background blurred by 0 to 200 of its pixels.
 * @typedef {string | Blob | { kind: string }} Background
 *
 * Lengths are in % of the subject's longer side, 0 to 50; the angle is where it falls to.
 * @typedef {{ kind: "drop" | "contact", angle?: number, distance?: number, blur?: number,
 *   opacity?: number, colour?: string }} Shadow
 *
 * What of the photo the picture shows: all of it or the subject with a margin, which is a share of the
 * picture's side, 0 to 0.45. One of width and height gives the other, both give the aspect.
 * @typedef {{ crop?: "photo" | "subject", aspect?: string, margin?: number, width?: number | null,
 *   height?: number | null }} Frame
 */

/**
 * One thing done by hand. Places and lengths are in pixels of the upright photo at its full size: x to
 * the right, y down, the first pixel's centre at (.5, .5). A pressure is 0 to 1 and makes the brush
 * smaller; 1 where it is left out.
 *
 * A brush stroke; "restore" brings back what the automatic cutout has. At hardness 1 its edge is a
 * pixel wide, at 0 it is soft from the middle on. `smart` has its outline follow the edge that the photo
 * has there: ask for that once the stroke is done, and show it plain while it is drawn.
 * @typedef {{ kind: "stroke", what: "keep" | "remove" | "restore", size: number, hardness?: number,
 *   smart?: boolean, points: [number, number, number?][] }} Stroke
 *
 * A sign for the classical segmenter, which needs no download: all scribbles make one mask together. It
 * takes the place of the matte where the first of them stands in the list.
 * @typedef {{ kind: "scribble", what: "keep" | "remove", size: number, points: [number, number, number?][] }} Scribble
 *
 * A selection by the selecting model; without a candidate the one that it thinks best of.
 * @typedef {{ kind: "select", points: { x: number, y: number, add?: boolean }[],
 *   box?: { x: number, y: number, width: number, height: number } | null, candidate?: 0 | 1 | 2 | null,
 *   combine?: "union" | "subtract" | "replace" }} Select
 *
 * The connected subject at a place goes, with its soft border.
 * @typedef {{ kind: "drop", x: number, y: number }} Drop
 *
 * @typedef {Stroke | Scribble | Select | Drop} Edit
 */

export {};
