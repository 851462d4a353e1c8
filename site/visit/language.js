/** In which language the page speaks: as the browser asks for, or as it is chosen here. */
import { byId } from "../dom.js";
import { forgo, recall, remember } from "../kept.js";

/** @returns {string} a language, called as its own speakers call it */
function nameOf(language) {
  return new Intl.DisplayNames(language, { type: "language" }).of(language);
}

/**
 * Another language is used from the next time the page is loaded: what is open now stays as it is.
 * @param {HTMLSelectElement} select with "auto"
 * @param {() => boolean} mayReload whether loading it at once would cost the person nothing
 */
export function offerLanguages(select, mayReload) {
  const { languages } = document.documentElement.dataset;
  for (const language of languages.split(" ")) {
    const option = new Option(nameOf(language), language);
    option.lang = language;
    select.append(option);
  }
  select.value = recall("language") ?? "auto";
  byId("language-now").addEventListener("click", () => location.reload());
  select.addEventListener("change", () => {
    if (select.value === "auto") forgo("language");
    else remember("language", select.value);
    if (mayReload()) location.reload();
    else byId("language-later").hidden = false;
  });
}
