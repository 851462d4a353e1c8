/** The way into the panel of models and storage; what is in it is loaded when it is first opened. */
import { byId } from "./dom.js";

export class PanelDoor {
  #dialog = byId("models");
  #panel = null;
  #parts;

  /**
   * @param {object} parts
   * @param {import("./engine.js").Engine} parts.engine
   * @param {import("./catalogue.js").Catalogue} parts.catalogue
   * @param {import("./settings.js").Settings} parts.settings
   * @param {(error: unknown) => void} parts.onError
   */
  constructor(parts) {
    this.#parts = parts;
    byId("open-models").addEventListener("click", () => this.#open().catch(parts.onError));
  }

  /** @param {File} file an ONNX model that was dropped on the page */
  async bring(file) {
    try {
      (await this.#open()).bring(file);
    } catch (error) {
      this.#parts.onError(error);
    }
  }

  get isOpen() {
    return this.#dialog.open;
  }

  /** Whatever is under way in the panel goes on. */
  close() {
    this.#dialog.close();
  }

  async #open() {
    this.#panel ??= import("./models.js").then(({ ModelsPanel }) => ModelsPanel.make(this.#parts));
    try {
      const panel = await this.#panel;
      panel.open();
      return panel;
    } catch (error) {
      this.#panel = null; // the next click tries again
      throw error;
    }
  }
}
