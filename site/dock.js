/** The foot of the stage: how it stands with the work, and what can be done next. */
import { byId } from "./dom.js";
import { Outcome } from "./outcome.js";
import { words } from "./words.js";

/** Which buttons each state offers; the first one takes over the focus from a button that goes. */
const ACTIONS = {
  idle: [],
  waiting: ["another"],
  working: ["cancel"],
  stopped: ["again", "another"],
  failed: ["again", "another"],
  done: ["download", "mask", "another"],
};
const AGAIN = { stopped: words.studio.startAgain, failed: words.studio.tryAgain, done: words.studio.runAgain };
const SENTENCES = {
  waiting: words.studio.waiting, stopped: words.studio.noneYet, failed: words.studio.failed, done: words.studio.done,
};

export class Dock {
  #studio;
  #line;
  #catalogue;
  #progressOf;
  #offersRun;
  #outcome;
  #lines = document.querySelector(".dock .lines");
  /** What stands there instead of the state's own sentence, until that changes. */
  #state = "";

  /**
   * @param {import("./studio.js").Studio} studio
   * @param {object} parts
   * @param {import("./progress.js").ProgressLine} parts.line
   * @param {import("./catalogue.js").Catalogue} parts.catalogue
   * @param {(progress: object) => object} parts.progressOf what is going on, where a photo waits for
   *     something else
   * @param {() => boolean} parts.offersRun whether another model or speed is chosen than the cutout's
   */
  constructor(studio, { line, catalogue, progressOf, offersRun }) {
    this.#studio = studio;
    this.#line = line;
    this.#catalogue = catalogue;
    this.#progressOf = progressOf;
    this.#offersRun = offersRun;
    this.#outcome = new Outcome(catalogue.title);
    byId("cancel").addEventListener("click", () => studio.cancel());
    byId("again").addEventListener("click", () => studio.run());
    byId("previous").addEventListener("click", () => studio.back());
    byId("mask").addEventListener("click", () => studio.save({ kind: "mask" }));
    byId("download").addEventListener("click", () => studio.save());
    studio.addEventListener("progress", () => this.#follow());
    studio.addEventListener("first", () => { byId("notices").textContent = words.studio.firstLook; });
    for (const news of ["work", "result", "busy", "look"]) studio.addEventListener(news, () => this.show());
    new ResizeObserver(() => this.#letScroll()).observe(this.#lines);
  }

  /** Brings it in line with the studio. */
  show() {
    const { work, busy } = this.#studio;
    const state = work?.state ?? "idle";
    this.#offer(state, busy);
    if (!busy) this.#line.rest(this.#sentence(state));
    this.#state = state;
    if (work?.result && state !== "working") this.#outcome.show(work);
    else this.#outcome.clear();
    this.#letScroll();
  }

  /** Lines that do not all fit are scrolled, by keys too. */
  #letScroll() {
    const { clientHeight, scrollHeight } = this.#lines;
    if (scrollHeight > clientHeight) this.#lines.tabIndex = 0;
    else this.#lines.removeAttribute("tabindex");
  }

  #sentence(state) {
    if (state === "idle") return words.studio.ready;
    return state === "stopped" && this.#state === "working" ? words.studio.cancelled : SENTENCES[state];
  }

  #offer(state, busy) {
    const lostFocus = document.activeElement?.matches(".actions *, .welcome *");
    document.body.dataset.state = state;
    const wanted = busy ? ["cancel"] : [...ACTIONS[state]];
    if (state === "done" && !busy && this.#offersRun()) wanted.push("again");
    if (this.#studio.before && !busy) wanted.push("previous");
    for (const button of document.querySelectorAll(".actions > :not(#all)")) {
      button.hidden = !wanted.includes(button.id);
    }
    byId("again").textContent = AGAIN[state] ?? "";
    const [first = "choose"] = wanted;
    if (lostFocus && document.activeElement !== byId(first)) byId(first).focus();
  }

  #follow() {
    const { work, busy } = this.#studio;
    if (!busy || !work.progress) return;
    const progress = this.#progressOf(work.progress);
    this.#line.show(progress, this.#catalogue.loading(progress.model));
  }
}
