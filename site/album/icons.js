/** The drawings on buttons; they say nothing that the button's name does not say. */
const SVG = "http://www.w3.org/2000/svg";
const PATHS = {
  remove: "m5.5 5.5 9 9m0-9-9 9",
  retry: "M15.5 10a5.5 5.5 0 1 1-1.7-4M14.5 3v3.4h-3.4",
  save: "M10 3.5v9m-3.5-3.5 3.5 3.5 3.5-3.5M4 16.5h12",
  add: "M10 4v12M4 10h12",
  folder: "M3 6.5a1.5 1.5 0 0 1 1.5-1.5h3l1.7 2h6.3A1.5 1.5 0 0 1 17 8.5v6a1.5 1.5 0 0 1-1.5 1.5h-11A1.5 1.5 0 0 1 3 14.5z",
  settings: "M4 3.5v5M4 12v4.5M10 3.5V7M10 11v5.5M16 3.5v7M16 14v2.5M2.2 10.2h3.6M8.2 9h3.6M14.2 12.2h3.6",
  pause: "M7 4.5v11M13 4.5v11",
  go: "M7 4.5v11l8.5-5.5z",
  broken: "M3.5 4.5h13v11h-13zM4 13l3.5-3.5 3 3 2-2 3.5 3.5M3 17.5l14-15",
  all: "M4 4h5v5H4zM11 4h5v5h-5zM4 11h5v5H4zM11 11h5v5h-5z",
};

/**
 * @param {keyof typeof PATHS} name
 * @param {string} [className]
 */
export function icon(name, className = "") {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("viewBox", "0 0 20 20");
  drawing.setAttribute("class", className);
  drawing.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  drawing.append(path);
  return drawing;
}
