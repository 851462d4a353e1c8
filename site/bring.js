/**
 * Bring your own ONNX: how a model gets from an address or a file into the store.
 *
 * What comes from an address is fetched by a worker of its own, which alone may connect to other
 * servers and is told an address and a number, nothing else. A file goes to the python worker,
 * which may not connect anywhere.
 *
 * @typedef {{ name: string, type: string, shape: (number | string)[] }} Value
 * @typedef {{ size: number, scale: "255" | "max", mean: number[], std: number[], input: string,
 *   output: string, activation: "none" | "stretch" | "sigmoid", fit: "square" | "short",
 *   multiple: number }} Contract
 * @typedef {{ id: string, title: string, bytes: number, sha256: string, source: string,
 *   family: string, contract: Contract, known: string[], inputs: Value[], outputs: Value[] }} Candidate
 */
import { build, Callee, FETCHER, Failure, OPENING, PYTHON } from "./build.js";
import { CutawayError } from "./error.js";

const NEITHER = "A model comes from an address, as text, or from a file.";

const root = new URL("../../", import.meta.url).href;

/**
 * The methods of `cutaway.own`.
 * @param {(call: string, args?: unknown, onNote?: (note: any) => void) => Promise<any>} call a
 *   call of the python worker
 * @param {(call: string, args: unknown, signal?: AbortSignal, onNote?: (note: any) => void) => Promise<any>} job
 *   the same, with a signal that ends it
 */
export function bringing(call, job) {
  async function open(source, signal, onProgress) {
    if (typeof source !== "string" && !(source instanceof Blob)) throw new CutawayError("bad-address", NEITHER);
    const address = typeof source === "string" ? source.trim() : undefined;
    const limit = await call(PYTHON.ownLimit, { address });
    const part = address === undefined
      ? await job(PYTHON.ownKeep, { file: source, limit }, signal, onProgress)
      : await fetched(address, limit, signal, onProgress);
    return job(PYTHON.ownOpen, { part, place: address ?? source.name ?? "model" }, signal, onProgress);
  }

  return Object.freeze({
    /**
     * Takes an ONNX model into the store and looks at it; it is not accepted yet.
     * @param {string | File} source an address that begins with https://, or a file
     * @param {{ signal?: AbortSignal, onProgress?: (progress: any) => void }} [options]
     * @returns {Promise<Candidate>}
     */
    async open(source, { signal, onProgress } = {}) {
      const work = () => open(source, signal, onProgress);
      try {
        // Until it is listed its pieces look like left-overs: no tab may tidy up meanwhile.
        return await (navigator.locks ? navigator.locks.request(OPENING, { mode: "shared" }, work) : work());
      } catch (error) {
        call(PYTHON.ownSweep).catch(() => {}); // what this opening has left behind
        throw error;
      }
    },
    /**
     * Runs a candidate once: on the known picture, or on a small one of the person's own.
     * @param {string} id
     * @param {{ family?: string, contract: Contract, photo?: Blob, signal?: AbortSignal,
     *   onProgress?: (progress: any) => void }} options
     * @returns {Promise<{ mask: Blob, photo: Blob, milliseconds: number, provider: string, notices: string[] }>}
     */
    tryOut: (id, { photo, signal, onProgress, ...form }) => job(PYTHON.ownTry, { id, form, photo }, signal, onProgress),
    /**
     * Makes a candidate one of the models.
     * @param {string} id
     * @param {{ title: string, family: string, contract: Contract }} form
     * @returns {Promise<object>} its entry, as in `models()`
     */
    accept: (id, form) => job(PYTHON.ownAccept, { id, form }),
    /** @param {string} id of a candidate that is not wanted */
    discard: (id) => call(PYTHON.ownDiscard, { id }),
    /** @returns {Promise<{ id: string, title: string, note: string, contract: Contract }[]>} */
    families: () => call(PYTHON.ownFamilies),
  });
}

/** Starts the fetcher for this one model, and ends it afterwards. */
async function fetched(url, limit, signal, onProgress) {
  const cancelled = new Failure("cancelled", "Cancelled. Nothing of the model was kept.");
  const fetcher = new Callee(new URL(build.worker.fetcher, root).href, "fetcher");
  const stop = () => fetcher.end(cancelled);
  signal?.addEventListener("abort", stop, { once: true });
  const onNote = ({ done, total }) => onProgress?.({ stage: "model", done, total, unit: "bytes", model: "" });
  try {
    if (signal?.aborted) throw cancelled;
    return await fetcher.call(FETCHER.fetch, { url, limit }, { onNote });
  } catch ({ code, message }) {
    throw new CutawayError(code, message);
  } finally {
    signal?.removeEventListener("abort", stop);
    fetcher.end();
  }
}
