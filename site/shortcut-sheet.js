/** The sheet of shortcuts. */
import { make } from "./dom.js";
import { keys, sheetWords } from "./shortcut-words.js";
import { singleKeys } from "./single-keys.js";

let dialog = null;

/** Shows it. */
export function openSheet() {
  dialog ??= sheet();
  dialog.showModal();
}

function sheet() {
  const close = make("button", { type: "button", className: "quiet icon", textContent: "✕" });
  close.ariaLabel = sheetWords.close;
  const single = make("input", { type: "checkbox", checked: singleKeys.areOn });
  const made = make(
    "dialog", { className: "panel sheet" },
    make("header", { className: "panel-top" }, make("h2", { id: "sheet-title" }, sheetWords.title), close),
    make("div", { className: "panel-body" },
      make("dl", { className: "key-list" }, ...keys.map(row)),
      make("label", { className: "check" }, single, sheetWords.single)),
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
