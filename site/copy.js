/** A button that copies what an element says. */
import { words } from "./words.js";

const CONFIRMED_MS = 2000;

/**
 * @param {HTMLButtonElement} button
 * @param {HTMLElement} source where the clipboard is closed to pages, its text is shown and
 *     selected, for copying by hand
 */
export function offerCopy(button, source) {
  const label = button.textContent;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(source.textContent);
      button.textContent = words.studio.copied;
      setTimeout(() => { button.textContent = label; }, CONFIRMED_MS);
    } catch {
      source.hidden = false;
      getSelection().selectAllChildren(source);
    }
  });
}
