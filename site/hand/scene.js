/** What is to be seen over the picture, told from the tool and what is being done with it. */
import { SCRIBBLE } from "./tools.js";

/**
 * @param {object} now
 * @param {import("./tools.js").Tools} now.tools
 * @param {import("./picker.js").Picker} now.picker
 * @param {object[]} now.edits done so far
 * @param {object | null} now.moving the edit that is being drawn
 * @param {number} now.seen so many of its points are in the picture already
 * @param {{ x: number, y: number } | null} now.at where the pointer is, or the crosshair
 * @param {{ x: number, y: number } | null} now.cross where that is seen
 * @param {object | null} now.marked the edit that the list points at
 * @returns {import("./overlay.js").Scene}
 */
export function sceneOf({ tools, picker, edits, moving, seen, at, cross, marked }) {
  const { tool, size, scribble } = tools;
  const ring = tool === "scribble" ? { size: SCRIBBLE, what: scribble } : { size, what: moving?.what ?? tool };
  const signs = {
    scribble: () => edits.filter(({ kind }) => kind === "scribble"),
    select: () => [picker.marks],
  }[tool]?.() ?? [];
  return {
    picture: tool === "select" ? picker.picture : null,
    edits: marked ? [...signs, marked] : signs,
    moving,
    seen,
    ring: at && tool !== "select" ? { ...at, ...ring } : null,
    cross,
  };
}
