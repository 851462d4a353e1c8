/**
 * Takes a person's own model into the store: a stream of unknown length becomes a part.
 */
import { Failure } from "./calls.js";
import { chunks, digest } from "./store.js";

const PIECE = 5 * 1024 * 1024;
const WHITE = " \t\r\n";

/**
 * @param {ReadableStream<Uint8Array>} body
 * @param {import("./store.js").Store} store
 * @param {number} limit in bytes; as soon as more has come, nothing more is taken
 * @param {(done: number) => void} report bytes so far
 * @param {AbortSignal} [signal]
 * @returns {Promise<import("./store.js").Part>} its id is `own-` and 12 digits of the hash over all bytes
 * @throws {Failure} `"not-a-model"`, `"too-large"`, `"cancelled"`; what was kept by then is for `sweep`
 */
export async function takeIn(body, store, limit, report, signal) {
  const pieces = [];
  const piece = new Uint8Array(PIECE);
  let bytes = 0;
  let filled = 0;
  for await (const chunk of chunks(body)) {
    if (signal?.aborted) throw new Failure("cancelled", "Cancelled. Nothing of the model was kept.");
    if (bytes === 0) refuseMarkup(chunk);
    bytes += chunk.length;
    if (bytes > limit) throw tooLarge(limit);
    for (let from = 0; from < chunk.length; ) {
      const taken = chunk.subarray(from, from + PIECE - filled);
      piece.set(taken, filled);
      from += taken.length;
      filled += taken.length;
      if (filled === PIECE) {
        pieces.push(await store.keep(piece));
        filled = 0;
      }
    }
    report(bytes);
  }
  if (bytes === 0) throw new Failure("not-a-model", "The file is empty.");
  if (filled) pieces.push(await store.keep(piece.subarray(0, filled)));
  // Read back from the store: what is hashed is what is kept.
  const { data } = await store.load({ id: "", bytes, sha256: "", pieces });
  const sha256 = await digest(data);
  return { id: `own-${sha256.slice(0, 12)}`, bytes, sha256, pieces };
}

/** @param {number} limit in bytes */
export function tooLarge(limit) {
  const megabytes = Math.floor(limit / 1e6).toLocaleString("en");
  return new Failure("too-large", `This model is too large for this device: ${megabytes} MB are what its memory and its storage have room for.`);
}

/** Servers that do not have a file often answer with a page that says so. */
function refuseMarkup(chunk) {
  const text = new TextDecoder("latin1").decode(chunk.subarray(0, 256));
  const first = [...text.replace("\u00ef\u00bb\u00bf", "")].find((character) => !WHITE.includes(character));
  if (first === "<") throw webPage();
}

/** The refusal of what is a page for people to read. */
export function webPage() {
  return new Failure("not-a-model", "There is a web page instead of a model. Use the address of the .onnx file itself, the one that its download button leads to.");
}
