/** The panels of the side column, loaded when the page has nothing better to do. */
import { byId } from "./dom.js";

const PANELS = [
  ["panel-tuning", "./panels/tuning.js", "TuningPanel"],
  ["panel-background", "./panels/background.js", "BackgroundPanel"],
  ["panel-product", "./panels/product.js", "ProductPanel"],
  ["panel-output", "./panels/output.js", "OutputPanel"],
];

let loading = null;

/**
 * @param {import("./studio.js").Studio} studio
 * @returns {Promise<void>} settles once they are there; one that failed is tried again by the next call
 */
export function loadPanels(studio) {
  loading ??= Promise.all(PANELS.map(async ([id, module, name]) => {
    const panel = await import(module);
    return () => new panel[name](byId(id), studio);
  })).then((makers) => {
    for (const make of makers) make();
  }).catch((error) => {
    loading = null;
    throw error;
  });
  return loading;
}
