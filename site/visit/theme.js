/** Light, dark, or as the system has it; remembered in this browser. */
const KEPT = "cutaway-theme";

/** Says it to the style sheets, whose colours know both (tokens.css). */
function show(theme) {
  document.documentElement.style.colorScheme = theme === "auto" ? "" : theme;
}

/** Some browsers keep nothing here, in a private window for example. */
function recall() {
  try {
    return localStorage.getItem(KEPT) ?? "auto";
  } catch {
    return "auto";
  }
}

/** @param {HTMLSelectElement} select with "auto", "light" and "dark" */
export function offerThemes(select) {
  select.value = recall();
  show(select.value);
  select.addEventListener("change", () => {
    show(select.value);
    try {
      localStorage.setItem(KEPT, select.value);
    } catch {
      // It holds for this visit.
    }
  });
}
