/** The panel of models and storage: every model with its size and licence, before any download. */
import { CutawayError } from "./cutaway.js";
import { byId, make, say, size, styled } from "./dom.js";
import { Downloads } from "./downloads.js";
import { ModelRow } from "./model-row.js";
import { OwnModels } from "./own.js";
import { StorePanel } from "./store-panel.js";
import { words } from "./words.js";
import { deleted, speedsOf } from "./words/models.js";
import { explained } from "./words/python.js";

/** Styles that only this panel needs. */
const STYLES = ["./models.css", "./own.css"];

export class ModelsPanel {
  #dialog = byId("models");
  #said = byId("models-said");
  #rows = new Map();
  #engine;
  #catalogue;
  #settings;
  #fail;
  #downloads;
  #store;
  #own;

  /** @param {object} parts as for `PanelDoor` */
  static async make(parts) {
    const loaded = STYLES.map((name) => styled(new URL(name, import.meta.url)));
    await Promise.all(loaded).catch(() => { throw new CutawayError("not-loaded", words.models.noStyles); });
    return new ModelsPanel(parts);
  }

  constructor({ engine, catalogue, settings }) {
    this.#engine = engine;
    this.#catalogue = catalogue;
    this.#settings = settings;
    const tell = (sentence) => say(this.#said, sentence);
    this.#fail = (error) => {
      console.warn(error);
      tell(explained(error));
    };
    this.#downloads = new Downloads(engine, catalogue, (id) => this.#showRow(id));
    this.#store = new StorePanel({
      engine, catalogue, downloads: this.#downloads, tell, onError: this.#fail,
    });
    const onAccept = (id) => this.#welcome(id).catch(this.#fail);
    this.#own = new OwnModels({ engine, tell, onAccept });
    byId("models-close").addEventListener("click", () => this.#dialog.close());
    catalogue.onChange(() => this.#show());
  }

  open() {
    say(this.#said, "");
    this.#show();
    if (!this.#dialog.open) this.#dialog.showModal();
    this.#catalogue.refresh().catch(this.#fail);
  }

  /** @param {File} file an ONNX model of the person's own */
  bring(file) {
    this.#own.open(file);
  }

  #show() {
    const { offer, models } = this.#catalogue;
    say(byId("models-state"), offer ? "" : words.models.asking);
    byId("panel-known").hidden = !offer;
    if (!offer) return;
    byId("tiers").replaceChildren(...offer.tiers.map((tier) => tierCard(tier, offer)));
    for (const id of this.#rows.keys()) if (!models.has(id)) this.#drop(id);
    for (const id of models.keys()) this.#showRow(id);
    const absent = byId("model-absent");
    absent.closest("section").hidden = !absent.childElementCount;
    if (this.#dialog.open) this.#store.refresh().catch(this.#fail);
  }

  #showRow(id) {
    const model = this.#catalogue.models.get(id);
    if (!this.#rows.has(id)) this.#add(model);
    this.#rows.get(id).show(model, {
      progress: this.#downloads.of(id),
      failure: this.#downloads.failure(id),
      used: this.#settings.chosen.model === id,
    });
  }

  /** A site carries some models and knows of more: those that can be had come first. */
  #add(model) {
    const row = new ModelRow(model, {
      onFetch: (one) => this.#fetch(one).catch(this.#fail),
      onPause: ({ id }) => this.#downloads.pause(id),
      onUse: (one) => this.#use(one),
      onDelete: (one) => this.#delete(one).catch(this.#fail),
    });
    this.#rows.set(model.id, row);
    byId(model.available ? "model-list" : "model-absent").append(row.element);
  }

  #drop(id) {
    this.#rows.get(id).element.remove();
    this.#rows.delete(id);
  }

  async #fetch(model) {
    say(this.#said, await this.#downloads.start(model));
  }

  #use(model) {
    const used = this.#settings.chosen.model === model.id;
    this.#settings.use(used ? "auto" : model.id);
    say(this.#said, used ? words.models.notUsing : words.models.nowUsing(model.title));
    this.#show();
  }

  async #delete(model) {
    const cutaway = await this.#engine.start();
    await cutaway.cache.delete(model.id);
    this.#downloads.forget(model.id);
    await this.#catalogue.refresh();
    say(this.#said, deleted(model));
    if (!this.#rows.has(model.id)) byId("models-close").focus();
  }

  /** A model of one's own was accepted: it stands in the list from now on. */
  async #welcome(id) {
    await this.#catalogue.refresh();
    this.#rows.get(id)?.meet();
  }
}

function tierCard(tier, offer) {
  const recommended = tier.id === offer.recommended;
  const names = speedsOf(tier, offer.speeds);
  const card = make(
    "li", { className: "tier" },
    make(
      "div", { className: "tier-head" },
      make("h4", {}, tier.title),
      make("p", { className: "tier-size" }, tier.bytes ? size(tier.bytes) : words.models.noDownload),
    ),
    make("p", { className: "tier-speeds" }, tier.available ? names || words.models.byHand : words.models.notHere),
    make("p", { className: "tier-reason" }, tier.reason),
  );
  if (recommended) card.append(make("p", { className: "tier-mark" }, words.models.recommendedHere));
  card.classList.toggle("recommended", recommended);
  card.classList.toggle("absent", !tier.available);
  card.dataset.id = tier.id;
  return card;
}
