/** What is done by hand, on its way to Python: a path's points become one buffer, which costs little to pass. */

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

/** Options as they are sent; whatever is not as it should be is Python's to tell. */
export function travelling(options) {
  if (!Array.isArray(options?.edits)) return options;
  return { ...options, edits: options.edits.map(packed) };
}

function packed(edit) {
  const path = edit?.kind === "stroke" || edit?.kind === "scribble";
  if (!path || !Array.isArray(edit.points) || !edit.points.every(isPoint)) return edit;
  const numbers = new Float64Array(3 * edit.points.length);
  for (const [at, [x, y, pressure = 1]] of edit.points.entries()) numbers.set([x, y, pressure], 3 * at);
  return { ...edit, points: numbers };
}

function isPoint(point) {
  return Array.isArray(point) && (point.length === 2 || point.length === 3) && point.every(Number.isFinite);
}
