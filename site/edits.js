/** What is done by hand, on its way to Python: a path's points become one buffer, which costs little to pass. */

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
