/**
 * The words of the page, in the language it speaks. They are loaded before anything else of the page
 * (start.js), so whoever imports them finds them here. Each language is one file of `words/`; which
 * one it is, early.js has written on `<html lang>`.
 */

/** @type {typeof import("./words/en.js").default} */
export const words = {};

/** @param {string} language one of those in the folder */
export async function learn(language) {
  const { default: learned } = await import(`./words/${language}.js`);
  Object.assign(words, learned);
}

/** @param {string} path "album.zip" @returns {string} */
function at(path) {
  return path.split(".").reduce((place, name) => place[name], words);
}

/**
 * Puts the words of index.html, which is written in English, into the page's language:
 * `data-words="page.cancel"` names an element's text, `data-words-for="title=page.undo"` its attributes.
 */
export function translate(root = document) {
  for (const one of root.querySelectorAll("[data-words]")) one.textContent = at(one.dataset.words);
  for (const one of root.querySelectorAll("[data-words-for]")) {
    for (const pair of one.dataset.wordsFor.split(" ")) {
      const [attribute, path] = pair.split("=");
      one.setAttribute(attribute, at(path));
    }
  }
}
