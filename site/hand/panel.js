/** Working by hand: the tools, what can be chosen of them, and what was done. */
import { make } from "../dom.js";
import { Choice, offered, Toggle } from "../panels/parts.js";
import { Section } from "../panels/section.js";
import { Slider } from "../panels/slider.js";
import { Subjects } from "../subjects/subjects.js";
import { whisper } from "../toast.js";
import { words } from "../words.js";
import { EditList, nameOf } from "./edit-list.js";
import { Hand } from "./hand.js";
import { icon } from "./icons.js";
import { Picker } from "./picker.js";
import { PickerView } from "./picker-view.js";
import { LARGEST, LEAST, Tools } from "./tools.js";

const { hand } = words;
const BRUSHES = new Set(["keep", "remove", "restore"]);

export class HandPanel {
  #root;
  #studio;
  #frame = document.getElementById("frame");
  #tools = new Tools();
  #hand;
  #list;
  #known = { work: null, edits: [] };
  #tool = new Choice(hand.tool, Object.keys(hand.tools).map((value) => ({
    value, title: hand.tools[value], picture: make("span", { className: "tool-sign" }, icon(value)),
  })), (tool) => this.#tools.choose({ tool }), "tiles");
  #hint = make("p", { className: "facts" });
  #size = new Slider({
    ...hand.size, unit: "pixels", least: LEAST, most: LARGEST, usual: 200, step: 1, standard: this.#tools.size,
  }, (size) => this.#tools.choose({ size }));
  #hardness = new Slider({
    ...hand.hardness, unit: "percent", least: 0, most: 1, step: 0.01, standard: this.#tools.hardness,
  }, (hardness) => this.#tools.choose({ hardness }));
  #smart = new Toggle(hand.smart, hand.smartHint, (smart) => this.#tools.choose({ smart }));
  #pressure = new Toggle(hand.pressure, "", (pressure) => this.#tools.choose({ pressure }));
  #scribble = new Choice(hand.scribbles, offered(hand.scribbled), (scribble) => this.#tools.choose({ scribble }));
  #ghost = new Toggle(hand.ghost, hand.ghostHint, (on) => this.#frame.toggleAttribute("data-ghost", on));
  #brush = make("div", { className: "group" }, this.#size.element, this.#hardness.element, this.#smart.element,
    this.#pressure.element);
  #framed = make("p", { className: "facts", textContent: hand.framed });
  #picking;

  /**
   * @param {HTMLElement} root an empty section
   * @param {import("../studio.js").Studio} studio
   * @param {import("../viewer/viewer.js").Viewer} viewer
   */
  constructor(root, studio, viewer) {
    this.#root = root;
    this.#studio = studio;
    const picker = new Picker(studio, viewer, this.#tools);
    this.#picking = new PickerView(picker, this.#tools);
    this.#hand = new Hand(studio, viewer, this.#tools, picker);
    this.#list = new EditList(studio, (edit) => this.#hand.mark(edit));
    const subjects = make("section");
    this.#frame.toggleAttribute("data-ghost", true);
    new Section(root, studio, {
      title: words.page.hand,
      parts: ["edits"],
      reset: hand.clear,
      ofOne: hand.ofOne,
      controls: [
        this.#tool.element, this.#hint, this.#brush, this.#scribble.element, this.#picking.element,
        this.#ghost.element, this.#framed, this.#list.element,
        make("p", { className: "facts keys-hint", textContent: hand.keys }), subjects,
      ],
      show: (look) => this.#show(look),
    });
    this.#tools.addEventListener("change", () => this.#showTools());
    studio.addEventListener("step", ({ way }) => this.#tell(way));
    for (const news of ["work", "result"]) studio.addEventListener(news, () => this.#turn());
    new MutationObserver(() => this.#turn()).observe(root, { attributeFilter: ["hidden"] });
    new Subjects(subjects, studio);
    this.#showTools();
    this.#turn();
  }

  /** One works by hand while this panel is in sight. */
  #turn() {
    this.#hand.turn(!this.#root.hidden && this.#studio.result !== null);
  }

  #showTools() {
    const { tool, size, hardness, smart, pressure, hasPen, scribble } = this.#tools;
    this.#tool.show(tool);
    this.#hint.textContent = hand.hints[tool];
    this.#brush.hidden = !BRUSHES.has(tool);
    this.#size.show(size);
    this.#hardness.show(hardness);
    this.#smart.show(smart);
    this.#smart.element.hidden = tool === "restore";
    this.#pressure.show(pressure);
    this.#pressure.element.hidden = !hasPen;
    this.#scribble.show(scribble);
    this.#scribble.element.hidden = tool !== "scribble";
    this.#picking.element.hidden = tool !== "select";
  }

  #show({ edits, frame }) {
    this.#framed.hidden = !frame;
    this.#ghost.show(this.#frame.hasAttribute("data-ghost"));
    if (this.#studio.moving) return;
    this.#list.show(edits);
    this.#known = { work: this.#studio.work, edits };
  }

  /** Undone or redone: what, where it was done by hand. */
  #tell(way) {
    const { work, edits } = this.#known;
    const now = this.#studio.look.edits;
    if (work !== this.#studio.work || now === edits) return;
    const [more, less] = now.length > edits.length ? [now, edits] : [edits, now];
    const [edit] = more.filter((each) => !less.includes(each)).slice(-1);
    if (edit) whisper(hand[way](nameOf(edit)));
  }
}
