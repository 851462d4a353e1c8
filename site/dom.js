/** Elements, made and found. */
import { bytes, exactly } from "./words/numbers.js";

export const byId = (id) => document.getElementById(id);

/**
 * @param {string} name of the element
 * @param {object} properties as the element's own, `className` for example
 * @param {...(Node | string)} children
 * @returns {HTMLElement}
 */
export function make(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

/**
 * @param {number} count of bytes
 * @returns {HTMLElement} "4.6 MB", which holds the exact number and shows it to a pointer at rest
 */
export function size(count) {
  return make("data", { value: String(count), title: exactly(count) }, bytes(count));
}

/**
 * Says something where screen readers listen, and hides the place while there is nothing to say.
 * @param {HTMLElement} place
 * @param {string} sentence
 */
export function say(place, sentence) {
  if (place.textContent !== sentence) place.textContent = sentence;
  place.hidden = !sentence;
}

/**
 * Styles that only a part of the page needs, fetched with it.
 * @param {URL} address
 * @returns {Promise<unknown>} settles once they hold
 */
export function styled({ href }) {
  return new Promise((resolve, reject) => {
    document.head.append(make("link", { rel: "stylesheet", href, onload: resolve, onerror: reject }));
  });
}
