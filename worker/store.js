/**
 * The store: large parts, kept in Cache Storage as content-addressed pieces.
 *
 * A piece is checked against its SHA-256 when it is fetched and every time it is read. A bad one
 * is evicted and fetched again once; a broken download goes on where it stopped; two tabs that
 * want the same piece fetch it once; where nothing can be kept (no Cache Storage, quota full) the
 * part is used from memory this once.
 *
 * @typedef {{ url: string, bytes: number, sha256: string }} Piece
 * @typedef {{ id: string, bytes: number, sha256: string, pieces: Piece[] }} Part
 */
import { Failure } from "./calls.js";

const CACHE = "cutaway-store";
/** What Python has learnt about this device; no part, so not forgotten with them. */
const NOTES = "cutaway-notes";
/** Where the pieces of people's own models lie, which no server of ours has. */
const OWN = "own/";
const ATTEMPTS = 4;
/** Pieces under way at once: enough to fill a connection, few enough to lose little. */
const AT_ONCE = 4;
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
   * @param {AbortSignal} [signal] stops; what has arrived is kept
   * @returns {Promise<{ data: Uint8Array<ArrayBuffer>, network: number, store: number, kept: boolean }>}
   *   bytes that came over the network and from the store, and whether all of it is kept now
   * @throws {Failure} `"network"`, `"model-damaged"`, `"own-gone"` or `"cancelled"`
   */
  async load(part, report = () => {}, signal) {
    const data = new Uint8Array(part.bytes);
    const count = { network: 0, store: 0, kept: true };
    let done = 0;
    const gain = (bytes) => report((done += bytes), part.bytes);
    let offset = 0;
    const waiting = part.pieces.map((piece) => {
      const target = data.subarray(offset, (offset += piece.bytes));
      return { piece, url: this.#url(piece), target, gain, count, signal };
    });
    const work = async () => {
      while (waiting.length) await place(waiting.shift());
    };
    try {
      await Promise.all(Array.from({ length: AT_ONCE }, work));
    } finally {
      waiting.length = 0; // after a failure no further piece is begun
    }
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
   * @param {Part[]} [others] whose pieces stay: one piece may belong to several own models
   */
  async delete(part, others = []) {
    const cache = await open();
    const spared = this.#urls(others);
    const urls = [...this.#urls([part])].filter((url) => !spared.has(url));
    await Promise.all(urls.flatMap((url) => [cache?.delete(url), cache?.delete(partial(url))]));
  }

  /**
   * Keeps a piece of an own model.
   * @param {Uint8Array<ArrayBuffer>} content
   * @returns {Promise<Piece>}
   * @throws {Failure} `"too-large"` when there is no room: nothing else can bring it back
   */
  async keep(content) {
    const sha256 = await digest(content);
    const piece = { url: `${OWN}${sha256}.bin`, bytes: content.length, sha256 };
    if (await put(await open(), this.#url(piece), content)) return piece;
    throw new Failure("too-large", "The browser has no room to keep this model. Delete another model, or free some space, and open it again.");
  }

  /**
   * Forgets pieces of own models that belong to none of these: what broken openings left behind.
   * @param {Part[]} parts
   */
  async sweep(parts) {
    const cache = await open();
    const folder = new URL(OWN, this.#root).href;
    const listed = this.#urls(parts);
    for (const { url } of (await cache?.keys()) ?? []) {
      if (url.startsWith(folder) && !listed.has(url)) await cache.delete(url);
    }
  }

  /** Forgets everything. */
  async clear() {
    await self.caches?.delete(CACHE);
  }

  /**
   * The text that `remember` kept under this name; empty when there is none.
   * @param {string} [name]
   */
  async recall(name = "") {
    const response = await (await open(NOTES))?.match(new URL(name, this.#root).href);
    return (await response?.text()) ?? "";
  }

  /**
   * Keeps a small text over visits, and says whether there was room.
   * @param {string} text
   * @param {string} [name]
   */
  async remember(text, name = "") {
    return put(await open(NOTES), new URL(name, this.#root).href, text);
  }

  #url(piece) {
    return new URL(piece.url, this.#root).href;
  }

  #urls(parts) {
    return new Set(parts.flatMap(({ pieces }) => pieces.map((piece) => this.#url(piece))));
  }
}

/**
 * What the browser gives this site, in bytes; undefined where it does not tell.
 * @returns {Promise<{ quota: number, usage: number } | undefined>}
 */
export async function room() {
  const { quota, usage } = (await navigator.storage?.estimate?.().catch(() => null)) ?? {};
  return quota === undefined ? undefined : { quota, usage };
}

/** Puts one piece where it belongs: from the store, else from the network. */
async function place(job) {
  if (await taken(job)) return;
  await alone(job.url, job.signal, async () => {
    // Another tab may have fetched it while this one waited.
    if (!(await taken(job))) await fetched(job);
  });
}

async function taken({ piece, url, target, gain, count }) {
  if (!(await read(await open(), url, piece, target))) return false;
  count.store += piece.bytes;
  gain(piece.bytes);
  return true;
}

async function fetched({ piece, url, target, gain, count, signal }) {
  if (piece.url.startsWith(OWN)) throw new Failure("own-gone", "A piece of this model is gone or damaged.");
  const cache = await open();
  for (const last of [false, true]) {
    const arrived = await download(cache, url, target, gain, signal);
    count.network += arrived; // not in one expression: other pieces count meanwhile
    await cache?.delete(partial(url));
    if (await matches(target, piece.sha256)) {
      count.kept = (await put(cache, url, target)) && count.kept;
      return;
    }
    gain(-piece.bytes);
    if (last) throw new Failure("model-damaged", `${piece.url} arrived damaged twice.`);
  }
}

/** One tab at a time, where the browser has locks. */
async function alone(name, signal, work) {
  if (!navigator.locks) return work();
  try {
    return await navigator.locks.request(`cutaway ${name}`, { signal }, work);
  } catch (error) {
    throw error.name === "AbortError" ? stopped() : error;
  }
}

function stopped() {
  return new Failure("cancelled", "The download was stopped. What has arrived is kept.");
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
async function download(cache, url, target, gain, signal) {
  const progress = { have: await resume(cache, url, target), network: 0 };
  gain(progress.have);
  for (let attempt = 0; progress.have < target.length; attempt++) {
    try {
      await stream(url, target, progress, gain, signal);
    } catch (error) {
      if (progress.have) await put(cache, partial(url), target.subarray(0, progress.have));
      if (signal?.aborted) throw stopped();
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

async function stream(url, target, progress, gain, signal) {
  const headers = progress.have ? { Range: `bytes=${progress.have}-` } : {};
  // The store keeps what arrives; the HTTP cache need not keep it a second time.
  const response = await fetch(url, { headers, cache: "no-store", signal });
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
export async function* chunks(body) {
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}

async function matches(bytes, sha256) {
  return (await digest(bytes)) === sha256;
}

/** SHA-256 in hexadecimal. */
export async function digest(bytes) {
  const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(sum, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Keeps something if there is room, and says whether; a full quota is no reason to fail the job. */
async function put(cache, url, content) {
  try {
    await cache.put(url, new Response(content, { headers: { "Content-Type": "application/octet-stream" } }));
    return true;
  } catch (error) {
    console.warn(`Not kept: ${url} (${error.name})`);
    return false;
  }
}
