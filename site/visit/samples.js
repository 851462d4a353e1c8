/** Photographs to try, for people who have none at hand: in the public domain, and part of the site. */
import { make } from "../dom.js";
import { words } from "../words.js";

/** As tools/samples.py makes them. */
const NAMES = ["astronaut", "coffee", "chelsea"];
const SIDE = 72;

const address = (name) => new URL(`../samples/${name}.jpg`, import.meta.url).href;

async function fetched(name) {
  const response = await fetch(address(name));
  if (!response.ok) throw new Error(words.visit.sampleFailed);
  return new File([await response.blob()], `${name}.jpg`, { type: "image/jpeg" });
}

/**
 * @param {HTMLElement} root
 * @param {(photo: File) => void} take
 * @param {(sentence: string) => void} refuse
 */
export function offerSamples(root, take, refuse) {
  const buttons = NAMES.map((name) => {
    const small = make("img", {
      src: address(`${name}-small`), alt: "", width: SIDE, height: SIDE, decoding: "async",
    });
    const button = make("button", { type: "button", className: "sample", title: words.visit[name] }, small);
    button.setAttribute("aria-label", words.visit[name]);
    button.addEventListener("click", async () => {
      try {
        take(await fetched(name));
      } catch {
        refuse(words.visit.sampleFailed);
      }
    });
    return button;
  });
  root.replaceChildren(make("p", { className: "hint" }, words.visit.samples), make("div", { className: "sample-row" }, ...buttons));
}
