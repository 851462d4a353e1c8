/** Every function by keyboard, and the sheet that tells which key does what. */
import { byId } from "./dom.js";
import { singleKeys } from "./single-keys.js";

/** Where a key writes or chooses, it is no shortcut. */
const WRITING = "input:not([type=range], [type=radio], [type=checkbox], [type=color], [type=file]), textarea, select";
const PAN = 60;
const ARROWS = { ArrowLeft: [PAN, 0], ArrowRight: [-PAN, 0], ArrowUp: [0, PAN], ArrowDown: [0, -PAN] };

export class Shortcuts {
  #studio;
  #viewer;
  #choose;
  #onError;
  #single;
  #withControl;
  #holding = false;

  /**
   * @param {object} parts
   * @param {import("./studio.js").Studio} parts.studio
   * @param {import("./viewer/viewer.js").Viewer} parts.viewer
   * @param {() => void} parts.choose opens the file chooser
   * @param {() => void} parts.save what is in sight: the open cutout, or all of the album
   * @param {(error: Error) => void} parts.onError
   */
  constructor({ studio, viewer, choose, save, onError }) {
    this.#studio = studio;
    this.#viewer = viewer;
    this.#choose = choose;
    this.#onError = onError;
    const zoom = (factor) => () => viewer.zoomBy(factor);
    this.#single = {
      "+": zoom(1.5), "=": zoom(1.5), "-": zoom(1 / 1.5), 0: () => viewer.fit(), 1: () => viewer.actualSize(),
      h: () => byId("tab-hand").click(), v: () => viewer.lookNext(), d: () => this.#hold(true), "?": () => this.#open(),
    };
    this.#withControl = {
      z: () => studio.undo(), Z: () => studio.redo(), y: () => studio.redo(), s: save,
      o: () => this.#choose(), c: () => studio.copy(),
    };
    addEventListener("keydown", (event) => this.#press(event));
    addEventListener("keyup", ({ key }) => { if (key.toLowerCase() === "d") this.#hold(false); });
    addEventListener("blur", () => this.#hold(false));
    byId("shortcuts").addEventListener("click", () => this.#open());
    this.#offerDefault(byId("default"));
  }

  #press(event) {
    // Some keyboards have signs only with AltGr, which is Ctrl and Alt for a few systems.
    const written = event.getModifierState?.("AltGraph");
    if (event.defaultPrevented || (event.altKey && !written) || document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") return this.#studio.cancel();
    if (event.target.closest?.(WRITING)) return;
    const act = (event.ctrlKey || event.metaKey) && !written ? this.#controlled(event) : this.#plain(event);
    if (!act) return;
    event.preventDefault();
    act();
  }

  #controlled({ key, shiftKey }) {
    const name = key.length === 1 ? key.toLowerCase() : key;
    if (name === "c" && !this.#mayCopy()) return null;
    return this.#withControl[name === "z" && shiftKey ? "Z" : name];
  }

  /** Text that is selected is what one copies. */
  #mayCopy() {
    return this.#studio.result && this.#studio.canCopy && getSelection().isCollapsed;
  }

  #plain({ key, target, repeat }) {
    const arrow = ARROWS[key];
    if (arrow) return target === document.body && this.#viewer.isZoomed ? () => this.#viewer.pan(...arrow) : null;
    if (!singleKeys.areOn || (repeat && key.toLowerCase() === "d")) return null;
    const name = key.toLowerCase();
    return this.#viewer.hand?.keys[name] ?? this.#single[name];
  }

  #hold(asDefault) {
    if (asDefault === this.#holding || (asDefault && !this.#studio.result)) return;
    this.#holding = asDefault;
    byId("default").setAttribute("aria-pressed", String(asDefault));
    this.#viewer.compareWithDefault(asDefault);
  }

  #offerDefault(button) {
    button.addEventListener("pointerdown", () => this.#hold(true));
    button.addEventListener("keydown", ({ key }) => { if (key === " " || key === "Enter") this.#hold(true); });
    for (const end of ["pointerup", "pointercancel", "pointerleave", "keyup", "blur"]) {
      button.addEventListener(end, () => this.#hold(false));
    }
    // A long press is a menu on phones.
    button.addEventListener("contextmenu", (event) => event.preventDefault());
  }

  async #open() {
    try {
      const { openSheet } = await import("./shortcut-sheet.js");
      openSheet();
    } catch (error) {
      this.#onError(error);
    }
  }
}
