/** Light, dark, or as the system has it. */
import { recall, remember } from "../kept.js";

/** Says it to the style sheets, whose colours know both (tokens.css). */
function show(theme) {
  document.documentElement.style.colorScheme = theme === "auto" ? "" : theme;
}

/** @param {HTMLSelectElement} select with "auto", "light" and "dark" */
export function offerThemes(select) {
  select.value = recall("theme") ?? "auto";
  show(select.value);
  select.addEventListener("change", () => {
    show(select.value);
    remember("theme", select.value);
  });
}
