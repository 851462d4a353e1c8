/** What the panel shows while one selects: the model's size, its three answers, what becomes of them. */
import { byId, make } from "../dom.js";
import { Choice, offered } from "../panels/parts.js";
import { whisper } from "../toast.js";
import { bytes, bytesOf, decimal, percent } from "../words/numbers.js";
import { words } from "../words.js";

const { hand } = words;

const ANSWERS = 3;
/** Of a thumbnail, in pixels. */
const SIDE = 208;

export class PickerView {
  element = make("div", { className: "group" });
  #picker;
  #tools;
  #offer = make("div", { className: "verdict pick-offer" });
  #terms = make("p", {});
  #fetch = button("", () => this.#picker.agree(), "primary");
  #click = new Choice(hand.click, offered(hand.clicks), (way) => this.#tools.choose({ adds: way === "add" }));
  #said = make("p", { className: "pick-said", role: "status" });
  #amount = make("span", { className: "amount" });
  #bar = make("progress", { max: 1, ariaLabel: hand.asking });
  #busy = make("div", { className: "pick-busy" });
  #canvases = Array.from({ length: ANSWERS }, () => make("canvas", { className: "thumbnail", width: 1, height: 1 }));
  #candidates = new Choice(hand.candidates, this.#canvases.map((picture, number) => ({
    value: String(number), title: String(number + 1), picture,
  })), (number) => this.#picker.pick(Number(number)), "tiles");
  #combine = new Choice(hand.combine, offered(hand.combines), (combine) => this.#tools.choose({ combine }));
  #apply = button(hand.apply, () => this.#finish("apply"), "primary");
  #again = button(hand.again, () => this.#picker.agree());
  #discard = button(hand.discard, () => this.#finish("discard"));
  #answer = make("div", { className: "group" });
  /** Whose thumbnails are drawn. */
  #drawn = null;

  /**
   * @param {import("./picker.js").Picker} picker
   * @param {import("./tools.js").Tools} tools
   */
  constructor(picker, tools) {
    this.#picker = picker;
    this.#tools = tools;
    this.#candidates.element.classList.add("candidates");
    this.#offer.append(this.#terms, this.#fetch);
    this.#busy.append(make("div", { className: "bar" }, this.#bar), this.#amount, button(hand.cancel, () => picker.cancel()));
    this.#answer.append(this.#candidates.element, this.#combine.element);
    const buttons = make("div", { className: "ways" }, this.#apply, this.#again, this.#discard);
    this.element.append(this.#offer, this.#click.element, make("p", { className: "facts", textContent: hand.clickHint }),
      this.#said, this.#busy, this.#answer, buttons);
    for (const each of [picker, tools]) each.addEventListener("change", () => this.#show());
    this.#show();
  }

  #show() {
    const { asking, state, isOpen } = this.#picker;
    const { offer, isBusy, progress, failure } = asking;
    const answer = state?.answer ?? null;
    this.#click.show(this.#tools.adds ? "add" : "subtract");
    this.#combine.show(this.#tools.combine);
    this.#showOffer(offer);
    // What would be selected under the pointer is asked without a word.
    const waits = isBusy && isOpen;
    this.#busy.hidden = !waits || Boolean(answer && !progress);
    this.#showProgress(progress);
    this.#say(failure || (waits && !answer ? stageOf(progress) : this.#told(state)));
    this.#said.classList.toggle("failed", Boolean(failure));
    this.#answer.hidden = !answer;
    this.#apply.hidden = !answer;
    this.#again.hidden = answer !== null || isBusy || !isOpen || Boolean(offer);
    this.#discard.hidden = !isOpen;
    if (answer) this.#showAnswer(state);
  }

  #showOffer(offer) {
    this.#offer.hidden = !offer;
    this.#fetch.hidden = !offer?.available;
    if (!offer?.available) {
      this.#terms.textContent = offer ? hand.absent : "";
      return;
    }
    const size = bytes(offer.bytes);
    this.#terms.textContent = hand.offer(offer.title, size, offer.licence);
    this.#fetch.textContent = hand.fetch(size);
  }

  #showProgress(progress) {
    const counted = progress?.unit === "bytes" && progress.total > 0;
    this.#amount.textContent = counted ? bytesOf(progress.done, progress.total) : "";
    if (counted) this.#bar.value = progress.done / progress.total;
    else this.#bar.removeAttribute("value");
  }

  #told(state) {
    const chosen = state?.answer?.candidates[state.picked];
    return chosen ? found(chosen) : "";
  }

  #say(sentence) {
    if (this.#said.textContent !== sentence) this.#said.textContent = sentence;
  }

  #showAnswer({ answer, picked }) {
    this.#candidates.show(String(picked));
    if (this.#drawn === answer) return;
    this.#drawn = answer;
    const tiles = this.#candidates.element.querySelectorAll(".option");
    for (const [number, tile] of tiles.entries()) {
      const candidate = answer.candidates[number];
      tile.hidden = !candidate;
      if (!candidate) continue;
      thumbnail(this.#canvases[number], candidate.bitmap);
      tile.querySelector(".option-title").textContent = decimal(candidate.score, 2);
      tile.querySelector("input").ariaLabel = hand.candidate(number + 1, found(candidate));
    }
  }

  /** The buttons go; the stage has the keys again. */
  #finish(way) {
    this.#picker[way]();
    if (way === "apply") whisper(hand.done.select);
    byId("frame").focus({ preventScroll: true });
  }
}

/** @returns {string} how much of the photo it is, and what the model thinks of it */
function found({ share, score }) {
  return hand.found(percent(share), decimal(score, 2));
}

function stageOf(progress) {
  if (!progress) return hand.asking;
  return progress.stage === "model" ? hand.fetching : hand.encoding;
}

function button(name, onClick, className = "") {
  const made = make("button", { type: "button", className, textContent: name });
  made.addEventListener("click", onClick);
  return made;
}

/** The photo as the stage has it, with a selection over it. */
function thumbnail(canvas, selection) {
  const photo = byId("before");
  const scale = SIDE / Math.max(selection.width, selection.height);
  canvas.width = Math.round(selection.width * scale);
  canvas.height = Math.round(selection.height * scale);
  const pen = canvas.getContext("2d");
  for (const picture of [photo, selection]) pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
}
