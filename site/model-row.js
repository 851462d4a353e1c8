/** One model in the panel: what it is, what of it is here, and what can be done with it. */
import { isStored } from "./catalogue.js";
import { make, say, size } from "./dom.js";
import { words } from "./words.js";
import { absent, arriving, commercial, licence, storedState } from "./words/models.js";

/**
 * @typedef {object} Doing
 * @property {(model: object) => void} onFetch
 * @property {(model: object) => void} onPause
 * @property {(model: object) => void} onUse
 * @property {(model: object) => void} onDelete
 */

export class ModelRow {
  #model;
  #size = make("span", { className: "row-size" });
  #note = make("p", { className: "row-note" });
  #terms = make("p", { className: "row-terms" });
  #state = make("p", { className: "row-state" });
  #failure = make("p", { className: "row-failure", hidden: true });
  #bar = make("progress", { max: 1, hidden: true });
  #mark = make("span", { className: "row-mark", hidden: true });
  #fetch = make("button", { type: "button", className: "small" });
  #use = make("button", { type: "button", className: "small" });
  #delete = make("button", { type: "button", className: "small danger" }, words.models.delete);
  #underWay = false;

  /**
   * @param {object} model as in `cutaway.models()`
   * @param {Doing} doing
   */
  constructor(model, doing) {
    this.#model = model;
    const title = make("h4", { id: `model-${model.id}` }, model.title);
    const buttons = make("div", { className: "row-buttons" }, this.#fetch, this.#use, this.#delete);
    this.element = make(
      "li", { className: "row" },
      make("div", { className: "row-head" }, title, this.#size, this.#mark),
      this.#note, this.#terms,
      make("div", { className: "row-foot" }, this.#state, buttons),
      make("div", { className: "bar row-bar" }, this.#bar),
      this.#failure,
    );
    this.element.dataset.id = model.id;
    this.#bar.setAttribute("aria-labelledby", title.id);
    for (const button of [this.#fetch, this.#use, this.#delete]) {
      button.setAttribute("aria-describedby", title.id);
    }
    this.#fetch.addEventListener("click", () =>
      (this.#underWay ? doing.onPause : doing.onFetch)(this.#model));
    this.#use.addEventListener("click", () => doing.onUse(this.#model));
    this.#delete.addEventListener("click", () => doing.onDelete(this.#model));
  }

  /**
   * @param {object} model
   * @param {{ progress: import("./downloads.js").Arriving | null, failure: string, used: boolean }} now
   */
  show(model, { progress, failure, used }) {
    this.#model = model;
    this.#underWay = progress !== null;
    this.#note.textContent = model.note;
    this.#terms.textContent = [commercial(model), licence(model)].join(" · ");
    this.#size.replaceChildren(model.bytes ? size(model.bytes) : words.models.noDownload);
    this.element.classList.toggle("absent", !model.available);
    this.#showState(model, progress);
    say(this.#failure, failure);
    say(this.#mark, model.own ? words.models.yours : "");
    this.#showButtons(model, used);
  }

  /** Brings it into view, ready to be used. */
  meet() {
    this.element.scrollIntoView({ block: "nearest" });
    this.#use.focus({ preventScroll: true });
  }

  #showState(model, progress) {
    this.#bar.hidden = !progress;
    if (progress) this.#bar.value = progress.done / progress.total;
    if (!model.available) this.#state.textContent = absent(model);
    else if (progress) this.#state.textContent = arriving(progress);
    else this.#state.textContent = storedState(model);
    this.element.classList.toggle("stored", isStored(model) && model.available);
  }

  #showButtons(model, used) {
    const focused = this.element.contains(document.activeElement) ? document.activeElement : null;
    const { pause, resume, download } = words.models;
    this.#fetch.textContent = this.#underWay ? pause : model.stored ? resume : download;
    this.#fetch.hidden = !model.available || (!this.#underWay && isStored(model));
    this.#use.textContent = used ? words.models.using : words.models.use;
    this.#use.setAttribute("aria-pressed", String(used));
    // What answers prompts makes no cutouts: it is asked where somebody points.
    this.#use.hidden = !model.available || model.kind === "prompted";
    this.#delete.hidden = !model.stored || this.#underWay;
    // A button that goes hands the focus to one that stays.
    if (focused?.hidden) [this.#fetch, this.#use, this.#delete].find((button) => !button.hidden)?.focus();
  }
}
