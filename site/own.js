/**
 * Bring your own ONNX: an address or a file → a candidate → a try on a small photo → accepted or
 * discarded. Nothing is accepted whose mask nobody has seen.
 */
import { CutawayError } from "./cutaway.js";
import { byId, make, say } from "./dom.js";
import { BadField, offerTensors, readContract, writeContract } from "./own-contract.js";
import { Rate } from "./rate.js";
import { words } from "./words.js";
import { arriving } from "./words/models.js";
import { ownFacts, ownRan, ownTensor } from "./words/own.js";
import { explained, translated } from "./words/python.js";

export class OwnModels {
  #address = byId("own-address");
  #file = byId("own-file");
  #photo = byId("own-photo");
  #opening = byId("own-open");
  #form = byId("own-candidate");
  #family = byId("own-family");
  #title = byId("own-name");
  #accept = byId("own-accept");
  #result = byId("own-result");
  #busy = byId("own-busy");
  #bar = byId("own-bar");
  #error = byId("own-error");
  #engine;
  #tell;
  #onAccept;
  #families = [];
  #candidate = null;
  #stop = null;

  /**
   * @param {object} parts
   * @param {import("./engine.js").Engine} parts.engine
   * @param {(sentence: string) => void} parts.tell
   * @param {(id: string) => void} parts.onAccept the model stands among the others now
   */
  constructor({ engine, tell, onAccept }) {
    this.#engine = engine;
    this.#tell = tell;
    this.#onAccept = onAccept;
    this.#listenForSources();
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#try();
    });
    this.#form.addEventListener("input", ({ target }) => {
      if (target !== this.#title && target !== this.#photo) this.#forgetTry();
    });
    this.#family.addEventListener("change", () => this.#chooseFamily());
    this.#accept.addEventListener("click", () => this.#take());
    byId("own-discard").addEventListener("click", () => this.#discard());
    byId("own-cancel").addEventListener("click", () => this.#stop?.abort());
  }

  #listenForSources() {
    this.#opening.addEventListener("submit", (event) => {
      event.preventDefault();
      const address = this.#address.value.trim();
      if (address) this.open(address);
      else say(this.#error, words.own.nothing);
    });
    byId("own-choose").addEventListener("click", () => this.#file.click());
    this.#file.addEventListener("change", () => this.#picked(this.#file, (file) => this.open(file)));
    byId("own-try-photo").addEventListener("click", () => this.#photo.click());
    this.#photo.addEventListener("change", () => this.#picked(this.#photo, (photo) => this.#try(photo)));
  }

  #picked(input, then) {
    const [file] = input.files;
    // Choosing the same file again must count as a choice.
    input.value = "";
    if (file) then(file);
  }

  /** @param {string | File} source an address or a file; a candidate that stood here goes */
  open(source) {
    return this.#work(typeof source === "string" ? words.own.fetching : words.own.reading, async (own, options) => {
      await this.#leave(own);
      const [candidate, families] = await Promise.all([own.open(source, options), own.families()]);
      this.#families = translated(families, "families");
      this.#meet(candidate);
    }, this.#family);
  }

  #meet(candidate) {
    this.#candidate = candidate;
    this.#title.value = candidate.title;
    byId("own-facts").textContent = ownFacts(candidate);
    byId("own-facts").title = `SHA-256 ${candidate.sha256}`;
    const tensors = (list) => list.map((tensor) => make("li", {}, ownTensor(tensor)));
    byId("own-inputs").replaceChildren(...tensors(candidate.inputs));
    byId("own-outputs").replaceChildren(...tensors(candidate.outputs));
    this.#family.replaceChildren(...this.#families.map(({ id, title }) => new Option(title, id)));
    this.#family.value = candidate.family;
    offerTensors(candidate);
    writeContract(candidate.contract, candidate.known);
    this.#note();
    this.#forgetTry();
    this.#form.hidden = false;
  }

  /** Another family brings its own contract; what the graph told stays as it is. */
  #chooseFamily() {
    const { contract, known } = this.#candidate;
    const family = this.#families.find(({ id }) => id === this.#family.value);
    const told = Object.fromEntries(known.map((name) => [name, contract[name]]));
    const named = { input: contract.input, output: contract.output };
    if (family?.contract) writeContract({ ...family.contract, ...named, ...told }, known);
    this.#note();
  }

  #note() {
    const family = this.#families.find(({ id }) => id === this.#family.value);
    byId("own-family-note").textContent = family?.note ?? "";
  }

  /** @param {File} [photo] a small one of the person's own */
  #try(photo) {
    return this.#work(words.own.trying, async (own, options) => {
      const family = this.#family.value;
      const contract = readContract();
      this.#forgetTry();
      const answer = await own.tryOut(this.#candidate.id, { family, contract, photo, ...options });
      this.#show(byId("own-before"), answer.photo);
      this.#show(byId("own-after"), answer.mask);
      byId("own-ran").textContent = [ownRan(answer), ...(answer.notices ?? [])].join(". ");
      this.#result.hidden = false;
      this.#accept.disabled = false;
    }, this.#accept);
  }

  #show(picture, blob) {
    URL.revokeObjectURL(picture.src);
    picture.src = URL.createObjectURL(blob);
  }

  /** What was tried is not what stands in the fields any more. */
  #forgetTry() {
    this.#accept.disabled = true;
    this.#result.hidden = true;
  }

  #take() {
    return this.#work("", async (own) => {
      const title = this.#title.value.trim() || this.#candidate.title;
      const choice = { title, family: this.#family.value, contract: readContract() };
      const { id } = await own.accept(this.#candidate.id, choice);
      this.#clear();
      this.#address.value = "";
      await this.#onAccept(id);
      this.#tell(words.own.accepted(title));
    });
  }

  #discard() {
    return this.#work("", async (own) => {
      await this.#leave(own);
      this.#tell(words.own.discarded);
    }, this.#address);
  }

  /** A candidate that another one replaces, or that is not wanted. */
  async #leave(own) {
    if (this.#candidate) await own.discard(this.#candidate.id);
    this.#clear();
  }

  #clear() {
    this.#candidate = null;
    this.#form.hidden = true;
    this.#forgetTry();
  }

  /**
   * One thing at a time; whatever fails is a sentence beside the form.
   * @param {string} doing what is said meanwhile; empty where it takes no time
   * @param {(own: object, options: object) => Promise<void>} how
   * @param {HTMLElement} [next] gets the focus once it is done
   */
  async #work(doing, how, next) {
    this.#stop?.abort();
    const before = document.activeElement;
    const mine = new AbortController();
    const { signal } = mine;
    this.#stop = mine;
    say(this.#error, "");
    this.#follow(doing);
    try {
      const { own } = await this.#engine.start();
      await how(own, { signal, onProgress: this.#progress(signal) });
      if (this.#stop === mine) this.#rest(next);
    } catch (error) {
      if (this.#stop !== mine) return;
      this.#rest(before);
      this.#explain(error);
    }
  }

  #rest(focus) {
    this.#follow("");
    focus?.focus();
  }

  #follow(doing) {
    this.#busy.hidden = !doing;
    this.#form.inert = Boolean(doing);
    if (doing) byId("own-cancel").focus();
    byId("own-doing").textContent = doing;
    byId("own-amount").textContent = "";
    this.#bar.removeAttribute("value");
  }

  #progress(signal) {
    const rate = new Rate();
    return ({ stage, done, total }) => {
      if (signal.aborted || stage !== "model") return;
      rate.note(done);
      byId("own-amount").textContent = arriving({ done, total, rate });
      if (total) this.#bar.value = done / total;
    };
  }

  #explain(error) {
    if (error.code === "cancelled") return say(this.#error, words.own.cancelled);
    if (error instanceof BadField) return say(this.#error, error.message);
    const known = error instanceof CutawayError;
    if (!known) console.error(error);
    say(this.#error, known ? explained(error) : words.own.unexpected);
  }
}
