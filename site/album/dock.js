/** What is said of all photos together, and what can be done with all of them. */
import { make, say } from "../dom.js";
import { counts } from "../progress.js";
import { words } from "../words.js";
import { ofAll, troubles } from "../words/album.js";
import { stage, timeLeft } from "../words/doing.js";
import { bytesOf } from "../words/numbers.js";
import { icon } from "./icons.js";
import { canChooseFolder } from "./saver.js";

/** @typedef {import("./tally.js").Tally} Tally */

/** Screen readers hear of so many steps on the way. */
const TOLD = 4;

function button(label, drawing, onPress, className = "") {
  const drawn = drawing ? [icon(drawing)] : [];
  return make("button", { type: "button", className, onclick: onPress }, ...drawn, make("span", {}, label));
}

export class Dock {
  #headline = make("span");
  #amount = make("span", { className: "amount" });
  #facts = make("p", { className: "line" });
  #folder = make("p", { className: "line", hidden: true });
  /** Heard, not seen: the headline changes too often to be read out. */
  #live = make("p", { className: "album-live" });
  #bar = make("progress", { max: 1, value: 0 });
  #buttons;
  #told = "";

  /**
   * @param {HTMLElement} root
   * @param {Record<"pause" | "resume" | "cancel" | "again" | "retry" | "zip" | "folder", () => void>} does
   */
  constructor(root, does) {
    this.#live.setAttribute("role", "status");
    this.#bar.setAttribute("aria-label", words.album.progress);
    this.#buttons = {
      cancel: button(words.album.cancel, "", does.cancel),
      pause: button(words.album.pause, "pause", does.pause),
      resume: button(words.album.resume, "go", does.resume),
      again: button(words.album.again, "go", does.again),
      retry: button(words.album.retryFailed, "retry", does.retry),
      folder: button(words.album.toFolder, "folder", does.folder),
      zip: button("", "save", does.zip, "primary"),
    };
    root.append(
      make("div", { className: "bar" }, this.#bar),
      make("div", { className: "album-dock" },
        make("div", { className: "album-facts" },
          make("p", { className: "album-headline" }, this.#headline, " ", this.#amount),
          this.#facts, this.#folder, this.#live),
        make("div", { className: "album-actions" }, ...Object.values(this.#buttons))),
    );
  }

  /**
   * @param {Tally} tally
   * @param {import("./runner.js").Runner} runner
   * @param {import("./saver.js").Saver} saver
   */
  show(tally, runner, saver) {
    const running = runner.running && tally.wanting > 0;
    this.#headline.textContent = headline(tally, runner, running);
    this.#amount.textContent = running ? amount(tally, runner) : "";
    say(this.#facts, running && runner.yields ? words.album.yielding : troubles(tally));
    say(this.#folder, saver.folderName ? words.album.savedTo(saver.folderName, tally.placed) : "");
    this.#bar.hidden = !running;
    this.#bar.value = (tally.all - tally.wanting) / tally.all || 0;
    this.#bar.setAttribute("aria-valuetext", ofAll(tally.all - tally.wanting, tally.all));
    this.#offer(tally, runner, saver, running);
    this.#tell(tally, runner, running);
  }

  /** As if the button had been pressed that saves everything. */
  save() {
    if (!this.#buttons.zip.hidden) this.#buttons.zip.click();
  }

  #offer(tally, runner, saver, running) {
    const again = !running && tally.stopped + tally.wanting > 0;
    const offered = {
      cancel: running,
      pause: running && !runner.paused,
      resume: running && runner.paused,
      again,
      retry: !running && !again && tally.failed > 0,
      folder: canChooseFolder() && tally.all > 0,
      zip: tally.ready > 0 && (!running || runner.paused),
    };
    const lost = Object.keys(offered).some((name) => !offered[name] && this.#buttons[name] === document.activeElement);
    for (const [name, shown] of Object.entries(offered)) this.#buttons[name].hidden = !shown;
    // A button that goes hands the focus to the one in its place.
    if (lost) Object.values(this.#buttons).find(({ hidden }) => !hidden)?.focus();
    const packing = saver.packing !== null;
    this.#label("zip", packing ? words.album.packing(saver.packing) : words.album.zip);
    this.#buttons.zip.setAttribute("aria-disabled", String(packing));
    this.#label("folder", saver.folderName ? words.album.otherFolder : words.album.toFolder);
  }

  #label(name, label) {
    const place = this.#buttons[name].lastElementChild;
    if (place.textContent !== label) place.textContent = label;
  }

  #tell(tally, runner, running) {
    const done = tally.all - tally.wanting;
    const step = Math.floor((TOLD * done) / tally.all) || 0;
    const sofar = step ? ofAll(Math.ceil((step * tally.all) / TOLD), tally.all) : "";
    const told = running
      ? [runner.paused ? words.album.paused : words.album.working(tally.all), sofar]
      : [headline(tally, runner, running), troubles(tally)];
    const sentence = told.filter(Boolean).join(". ");
    if (tally.all && this.#told !== sentence) this.#live.textContent = sentence;
    this.#told = sentence;
  }
}

function headline({ all, ready, wanting }, runner, running) {
  if (running && runner.paused) return words.album.paused;
  if (running) return words.album.working(all);
  if (!ready) return wanting ? words.album.photos(all) : words.album.noneDone;
  return ready === all ? words.album.done(all) : words.album.doneSome(ready, all);
}

function amount(tally, runner) {
  const { fetching } = tally;
  if (fetching && counts(fetching)) return `${stage(fetching, null)} · ${bytesOf(fetching.done, fetching.total)}`;
  const left = runner.paused ? "" : timeLeft(runner.left(tally.wanting));
  return [ofAll(tally.all - tally.wanting, tally.all), left].filter(Boolean).join(" · ");
}
