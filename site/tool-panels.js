/** The panels of the side column, loaded when the page has nothing better to do. */
import { byId, styled } from "./dom.js";

const PANELS = [
  ["panel-tuning", "./panels/tuning.js", "TuningPanel"],
  ["panel-hand", "./hand/panel.js", "HandPanel"],
  ["panel-background", "./panels/background.js", "BackgroundPanel"],
  ["panel-product", "./panels/product.js", "ProductPanel"],
  ["panel-output", "./panels/output.js", "OutputPanel"],
];
const STYLES = ["./report.css", "./panels/panels.css", "./panels/fields.css", "./hand/hand.css"];

let loading = null;

/**
 * @param {import("./studio.js").Studio} studio
 * @param {import("./viewer/viewer.js").Viewer} viewer
 * @returns {Promise<void>} settles once they are there; one that failed is tried again by the next call
 */
export function loadPanels(studio, viewer) {
  loading ??= load(studio, viewer).catch((error) => {
    loading = null;
    throw error;
  });
  return loading;
}

async function load(studio, viewer) {
  const modules = PANELS.map(async ([id, module, name]) => [byId(id), (await import(module))[name]]);
  const styles = STYLES.map((name) => styled(new URL(name, import.meta.url)));
  const [panels] = await Promise.all([Promise.all(modules), ...styles]);
  for (const [root, Panel] of panels) new Panel(root, studio, viewer);
}
