/** The tabs of the side column: one panel at a time, by pointer and by arrow keys. */
import { byId } from "./dom.js";

const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

export class Tabs {
  #tabs = [...byId("tabs").querySelectorAll("[role=tab]")];
  #onOpen;

  /** @param {() => void} onOpen one was opened by hand */
  constructor(onOpen) {
    this.#onOpen = onOpen;
    byId("tabs").addEventListener("click", ({ target }) => {
      const tab = target.closest("[role=tab]");
      if (tab) this.#open(tab);
    });
    byId("tabs").addEventListener("keydown", (event) => this.#press(event));
  }

  #press(event) {
    const at = this.#tabs.indexOf(document.activeElement);
    const count = this.#tabs.length;
    const mirrored = getComputedStyle(event.currentTarget).direction === "rtl" ? -1 : 1;
    const to = {
      Home: 0, End: count - 1,
    }[event.key] ?? (STEPS[event.key] && (at + mirrored * STEPS[event.key] + count) % count);
    if (to === undefined) return;
    event.preventDefault();
    this.#open(this.#tabs[to]);
    this.#tabs[to].focus();
  }

  #open(wanted) {
    for (const tab of this.#tabs) {
      const chosen = tab === wanted;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      byId(tab.getAttribute("aria-controls")).hidden = !chosen;
    }
    // Where the tabs stay below the stage, a panel begins right below them.
    const tabs = byId("tabs");
    if (getComputedStyle(tabs).position === "sticky") tabs.parentElement.scrollIntoView();
    this.#onOpen();
  }
}
