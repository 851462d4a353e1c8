/** The sheet of shortcuts. */
import { make } from "./dom.js";
import { singleKeys } from "./single-keys.js";
import { words } from "./words.js";

const { keyboard } = words;
const { control, controlShift, escape } = keyboard.keys;

/** Keys that do the same, and what they do. @type {[string[], string][]} */
const KEYS = [
  [[control("O")], keyboard.choose],
  [[control("V")], keyboard.paste],
  [[escape], keyboard.cancel],
  [[control("Z")], keyboard.undo],
  [[controlShift("Z"), control("Y")], keyboard.redo],
  [[control("S")], keyboard.download],
  [[control("C")], keyboard.copy],
  [["+", "−"], keyboard.zoom],
  [["0"], keyboard.fit],
  [["1"], keyboard.actual],
  [["← ↑ ↓ →"], keyboard.move],
  [["← →"], keyboard.divider],
  [["V"], keyboard.look],
  [["D"], keyboard.compare],
  [["H"], keyboard.hand],
  [["K", "R", "T", "S", "C"], keyboard.handTools],
  [["[", "]", "{", "}"], keyboard.handSize],
  [["X"], keyboard.handSwap],
  [[keyboard.keys.space], keyboard.handDraw],
  [["B"], keyboard.handBox],
  [["?"], keyboard.sheet],
];

let dialog = null;

/** Shows it. */
export function openSheet() {
  dialog ??= sheet();
  dialog.showModal();
}

function sheet() {
  const close = make("button", { type: "button", className: "quiet icon", textContent: "✕" });
  close.ariaLabel = keyboard.close;
  const single = make("input", { type: "checkbox", checked: singleKeys.areOn });
  const made = make(
    "dialog", { className: "panel sheet" },
    make("header", { className: "panel-top" }, make("h2", { id: "sheet-title" }, keyboard.title), close),
    make("div", { className: "panel-body" },
      make("dl", { className: "key-list" }, ...KEYS.map(row)),
      make("label", { className: "check" }, single, keyboard.single)),
  );
  made.setAttribute("aria-labelledby", "sheet-title");
  made.setAttribute("closedby", "any");
  close.addEventListener("click", () => made.close());
  single.addEventListener("change", () => singleKeys.turn(single.checked));
  document.body.append(made);
  return made;
}

function row([names, what]) {
  return make("div", { className: "key-row" },
    make("dt", {}, ...names.map((name) => make("kbd", {}, name))),
    make("dd", {}, what));
}
