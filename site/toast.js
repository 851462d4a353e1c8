/** A word about what was done: for a moment where it is not seen, or only for those who listen. */
import { byId } from "./dom.js";

const SHOWN_MS = 2500;
let going = 0;

/** @param {string} sentence an empty one says nothing */
export function toast(sentence) {
  if (!sentence) return;
  const place = byId("toast");
  place.textContent = sentence;
  place.dataset.shown = "";
  clearTimeout(going);
  going = setTimeout(() => delete place.dataset.shown, SHOWN_MS);
}

/** @param {string} sentence for screen readers alone */
export function whisper(sentence) {
  byId("whisper").textContent = sentence;
}
