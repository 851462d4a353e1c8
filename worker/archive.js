/**
 * Reads a zip whose entries are stored as they are: brotli squeezes the whole better on its way, and
 * here nothing is left to unpack.
 */

const END = 0x06054b50;
const ENTRY = 0x02014b50;
/** Bytes of the fixed part of each record. */
const END_SIZE = 22;
const ENTRY_SIZE = 46;
const LOCAL_SIZE = 30;

/**
 * @param {Uint8Array} archive
 * @returns {Generator<{ name: string, content: Uint8Array }>} views of the archive, folders left out
 * @throws {Error} where it is no such zip
 */
export function* entries(archive) {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength);
  const end = archive.length - END_SIZE; // ours have no comment
  if (end < 0 || view.getUint32(end, true) !== END) throw new Error("This is no zip of ours.");
  const text = new TextDecoder();
  let at = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0; left--) {
    const [method, size] = [view.getUint16(at + 10, true), view.getUint32(at + 24, true)];
    if (view.getUint32(at, true) !== ENTRY || method !== 0) throw new Error("This zip is packed or damaged.");
    const [named, extra, comment] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true));
    const name = text.decode(archive.subarray(at + ENTRY_SIZE, at + ENTRY_SIZE + named));
    const local = view.getUint32(at + 42, true);
    const start = local + LOCAL_SIZE + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    if (!name.endsWith("/")) yield { name, content: archive.subarray(start, start + size) };
    at += ENTRY_SIZE + named + extra + comment;
  }
}
