/** The line below the stage that says what went wrong, or what was done otherwise than asked. */
import { CutawayError } from "./cutaway.js";
import { byId } from "./dom.js";
import { explained } from "./words/python.js";

byId("dismiss").addEventListener("click", () => alertWith(""));

/**
 * @param {string} sentence an empty one takes the line away
 * @param {"error" | "remark"} [kind]
 * @param {{ title: string, go: () => void } | null} [remedy] what can be done about it
 */
export function alertWith(sentence, kind = "error", remedy = null) {
  const button = byId("remedy");
  button.hidden = !remedy;
  button.textContent = remedy?.title ?? "";
  button.onclick = remedy?.go ?? null;
  byId("error").textContent = sentence;
  byId("alert").dataset.kind = kind;
  byId("alert").hidden = !sentence;
}

/**
 * @param {unknown} error
 * @param {{ title: string, go: () => void } | null} [remedy]
 */
export function showError(error, remedy = null) {
  // Any other error is a mistake of ours: its own words help nobody but a developer.
  if (!(error instanceof CutawayError)) console.error(error);
  alertWith(explained(error), "error", remedy);
}
