/** The drawings of the tools. */
import { drawn } from "../panels/icons.js";

const BRUSH = "M16.5 3.5c-3.2 1-6.2 4-7.7 6.8l1.9 1.9c2.9-1.6 5-5 5.8-8.7";
const PATHS = {
  keep: "M10 4v12M4 10h12",
  remove: "M4 10h12",
  restore: "M4.5 7.5h7a4 4 0 0 1 0 8H8M7.5 4.5l-3 3 3 3",
  scribble: "M3 13c2-7 4-9 5-7.5s-3 7-1.5 8 4-6.5 5.5-5.5-2 5-.5 6 2.5-2 5.5-3",
  select: "M5 4.5 15.5 9l-4.5 1.7L9.3 15.5zM11 10.7l4.2 4.2",
  stroke: BRUSH,
  drop: "M5 5l10 10M15 5 5 15",
  close: "m5.5 5.5 9 9M14.5 5.5l-9 9",
};

/** @param {keyof typeof PATHS} name */
export const icon = (name) => drawn(PATHS[name]);
