/** The drawings on buttons; they say nothing that the button's name does not say. */
const SVG = "http://www.w3.org/2000/svg";
const PATHS = {
  back: "M4.5 7.5h7a4 4 0 0 1 0 8H8M7.5 4.5l-3 3 3 3",
  compare: "M10 3.5v13M8 6H4.5v8H8M12 6h3.5v8H12",
  swap: "M6 7h9l-2.5-2.5M14 13H5l2.5 2.5",
  image: "M3.5 4.5h13v11h-13zM4 13l3.5-3.5 3 3 2-2 3.5 3.5M12.7 7.6v.1",
};

/** @param {keyof typeof PATHS} name */
export function hiddenIcon(name) {
  return drawn(PATHS[name]);
}

/** @param {string} line of a drawing, 20 by 20 */
export function drawn(line) {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("viewBox", "0 0 20 20");
  drawing.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", line);
  drawing.append(path);
  return drawing;
}
