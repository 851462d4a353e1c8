/** The fold with what is known about this device and what happened on it. */
import { offerCopy } from "./copy.js";
import { byId, make } from "./dom.js";
import { words } from "./words.js";

export class Diagnostics {
  #fold = byId("diagnostics");
  #state = byId("report-state");
  #body = byId("report");
  #facts = byId("report-facts");
  #tally = byId("tally");
  #json = byId("report-json");
  #engine;
  #title;

  /**
   * @param {import("./engine.js").Engine} engine
   * @param {(id: string) => string} title of a model
   */
  constructor(engine, title) {
    this.#engine = engine;
    this.#title = title;
    this.#fold.addEventListener("toggle", () => this.refresh());
    offerCopy(byId("copy-report"), this.#json);
  }

  /** Asks the engine anew, where somebody looks. */
  async refresh() {
    if (!this.#fold.open) return;
    try {
      const cutaway = await this.#engine.start();
      const [report, { facts, tally }] = await Promise.all([cutaway.diagnostics(), import("./words/diagnostics.js")]);
      this.#show(report, facts(report), tally(report, this.#title));
    } catch (error) {
      console.warn(error);
      this.#state.textContent = words.studio.noReport;
    }
  }

  #show(report, facts, rows) {
    this.#state.textContent = "";
    this.#facts.replaceChildren(...facts.flatMap(([name, text]) => [make("dt", {}, name), make("dd", {}, text)]));
    this.#tally.tBodies[0].replaceChildren(...rows.map(([model, ...cells]) => {
      const head = make("th", { scope: "row" }, model);
      return make("tr", {}, head, ...cells.map((text) => make("td", {}, text)));
    }));
    this.#tally.hidden = !rows.length;
    byId("no-tally").hidden = rows.length > 0;
    this.#json.textContent = JSON.stringify(report, null, 2);
    this.#body.hidden = false;
  }
}
