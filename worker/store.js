/**
 * The store: large parts, kept in Cache Storage as content-addressed pieces.
 *
 * A piece is checked against its SHA-256 when it is fetched and every time it is read. A bad one
 * is evicted and fetched again once; a broken download goes on where it stopped; where nothing
 * can be kept (no Cache Storage, quota full) the part is used from memory this once.
 *
 * @typedef {{ url: string, bytes: number, sha256: string }} Piece
 * @typedef {{ id: string, bytes: number, sha256: string, pieces: Piece[] }} Part
 */
import { Failure } from "./calls.js";

const CACHE = "cutaway-store";
/** What Python has learnt about this device; no part, so not forgotten with them. */
const NOTES = "cutaway-notes";
const ATTEMPTS = 4;
const FIRST_PAUSE_MS = 250;

export class Store {
  #root;

  /** @param {string} root URL of the site's root, against which piece URLs resolve */
  constructor(root) {
    this.#root = root;
  }

  /**
   * The whole part in memory.
   * @param {Part} part
   * @param {(done: number, total: number) => void} [report] bytes in hand so far
   * @returns {Promise<{ data: Uint8Array<ArrayBuffer>, network: number, store: number }>}
   *   bytes that came over the network and from the store
   * @throws {Failure} `"network"` or `"model-damaged"`
   */
  async load(part, report = () => {}) {
    const data = new Uint8Array(part.bytes);
    const count = { network: 0, store: 0 };
    let done = 0;
    const gain = (bytes) => report((done += bytes), part.bytes);
    let offset = 0;
    const placed = part.pieces.map((piece) => {
      const target = data.subarray(offset, (offset += piece.bytes));
      return this.#place(piece, target, gain, count);
    });
    await Promise.all(placed);
    return { data, ...count };
  }

  /**
   * Bytes of this part that are kept.
   * @param {Part} part
   */
  async stored(part) {
    const cache = await open();
    const kept = await Promise.all(part.pieces.map((piece) => cache?.match(this.#url(piece))));
    return part.pieces.reduce((sum, piece, i) => sum + (kept[i] ? piece.bytes : 0), 0);
  }

  /**
   * Forgets a part, and what had arrived of a broken download.
   * @param {Part} part
   */
  async delete(part) {
    const cache = await open();
    const urls = part.pieces.flatMap((piece) => [this.#url(piece), partial(this.#url(piece))]);
    await Promise.all(urls.map((url) => cache?.delete(url)));
  }

  /** Forgets everything. */
  async clear() {
    await self.caches?.delete(CACHE);
  }

  /** The text that `remember` kept; empty when there is none. */
  async recall() {
    const response = await (await open(NOTES))?.match(this.#root);
    return (await response?.text()) ?? "";
  }

  /**
   * Keeps a small text over visits.
   * @param {string} text
   */
  async remember(text) {
    await put(await open(NOTES), this.#root, text);
  }

  #url(piece) {
    return new URL(piece.url, this.#root).href;
  }

  async #place(piece, target, gain, count) {
    const url = this.#url(piece);
    const cache = await open();
    if (await read(cache, url, piece, target)) {
      count.store += piece.bytes;
      gain(piece.bytes);
      return;
    }
    for (const last of [false, true]) {
      count.network += await download(cache, url, target, gain);
      await cache?.delete(partial(url));
      if (await matches(target, piece.sha256)) return put(cache, url, target);
      gain(-piece.bytes);
      if (last) throw new Failure("model-damaged", `${piece.url} arrived damaged twice.`);
    }
  }
}

/** Private windows of some browsers have no Cache Storage or refuse it. */
async function open(name = CACHE) {
  try {
    return await self.caches?.open(name);
  } catch {
    return undefined;
  }
}

/** Where the bytes of an interrupted piece wait. */
function partial(url) {
  return `${url}?partial`;
}

/** Fills `target` from the store; a damaged piece is evicted. */
async function read(cache, url, piece, target) {
  const response = await cache?.match(url);
  if (!response) return false;
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (bytes.length === piece.bytes && (await matches(bytes, piece.sha256))) {
    target.set(bytes);
    return true;
  }
  await cache.delete(url);
  return false;
}

/** Fetches into `target`, going on after what has already arrived. Returns bytes from the network. */
async function download(cache, url, target, gain) {
  const progress = { have: await resume(cache, url, target), network: 0 };
  gain(progress.have);
  for (let attempt = 0; progress.have < target.length; attempt++) {
    try {
      await stream(url, target, progress, gain);
    } catch (error) {
      if (progress.have) await put(cache, partial(url), target.subarray(0, progress.have));
      if (attempt + 1 === ATTEMPTS || error.code === "gone") {
        gain(-progress.have);
        throw new Failure("network", `${url.split("/").at(-1)}: ${error.message}`);
      }
      await new Promise((resolve) => setTimeout(resolve, FIRST_PAUSE_MS * 2 ** attempt));
    }
  }
  return progress.network;
}

async function resume(cache, url, target) {
  const response = await cache?.match(partial(url));
  const bytes = response ? new Uint8Array(await response.arrayBuffer()) : new Uint8Array();
  if (bytes.length > target.length) return 0;
  target.set(bytes);
  return bytes.length;
}

async function stream(url, target, progress, gain) {
  const headers = progress.have ? { Range: `bytes=${progress.have}-` } : {};
  // The store keeps what arrives; the HTTP cache need not keep it a second time.
  const response = await fetch(url, { headers, cache: "no-store" });
  if (!response.ok) throw new Failure(response.status === 404 ? "gone" : "refused", `the server answered ${response.status}.`);
  if (response.status !== 206 && progress.have) {
    gain(-progress.have);
    progress.have = 0;
  }
  for await (const chunk of chunks(response.body)) {
    if (progress.have + chunk.length > target.length) throw new Failure("gone", "the file is longer than it should be.");
    target.set(chunk, progress.have);
    progress.have += chunk.length;
    progress.network += chunk.length;
    gain(chunk.length);
  }
  if (progress.have < target.length) throw new Failure("short", `only ${progress.have} of ${target.length} bytes arrived.`);
}

/** A stream's chunks; not every browser can iterate a stream by itself. */
async function* chunks(body) {
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}

async function matches(bytes, sha256) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("") === sha256;
}

/** Keeps something if there is room; a full quota is no reason to fail the job. */
async function put(cache, url, content) {
  try {
    await cache?.put(url, new Response(content, { headers: { "Content-Type": "application/octet-stream" } }));
  } catch (error) {
    console.warn(`Not kept: ${url} (${error.name})`);
  }
}
