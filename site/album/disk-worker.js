/**
 * Puts files aside, packs and saves them, away from the page's thread and piece by piece: no file
 * is ever whole in memory here.
 */
import { answer } from "../build.js";
import { makeZip } from "../vendor/client-zip.js";
import { openSession } from "./session.js";

/** The folder of this page, or null where the browser has none to give. */
const session = openSession().catch(() => null);
let written = 0;
/** The name of the newest ZIP; it stays until the next one, since nobody tells when it is downloaded. */
let newestZip = null;

answer({
  /** `{ blob }` → `{ file, name }`, the same bytes on disk; null where that cannot be. */
  async keep({ blob }) {
    const folder = await session;
    if (!folder) return null;
    const name = `${++written}`;
    try {
      return { name, file: await write(folder, name, blob.stream()) };
    } catch (error) {
      await folder.removeEntry(name).catch(() => {});
      if (error.name === "QuotaExceededError") return null;
      throw error;
    }
  },

  /** `{ name }` → nothing. */
  async forget({ name }) {
    await (await session)?.removeEntry(name).catch(() => {});
  },

  /** `{ files: { name, file, modified }[] }` → `Blob`. Notes: bytes packed. */
  async zip({ files }, note) {
    const folder = await session;
    const packed = makeZip(entries(files, note), { buffersAreUTF8: true });
    if (!folder) return new Response(packed).blob();
    if (newestZip) await folder.removeEntry(newestZip).catch(() => {});
    const name = `${++written}.zip`;
    newestZip = name;
    try {
      return await write(folder, name, packed);
    } catch (error) {
      await folder.removeEntry(name).catch(() => {});
      throw error;
    }
  },

  /**
   * `{ directory, path, file, last }` → `{ path, size, lastModified }`, under a name that was free.
   * What `last` says was saved for the same photo is replaced, if nobody has touched it since.
   */
  async save({ directory, path, file, last }) {
    if (last) await removeOwn(directory, last);
    const { folder, name } = await place(directory, path);
    const free = await freeName(folder, name);
    const handle = await folder.getFileHandle(free, { create: true });
    await file.stream().pipeTo(await handle.createWritable());
    const { size, lastModified } = await handle.getFile();
    return { path: [...path.split("/").slice(0, -1), free].join("/"), size, lastModified };
  },
});

/** Streams into a file of the private file system. @returns {Promise<File>} it */
async function write(folder, name, stream) {
  const handle = await folder.getFileHandle(name, { create: true });
  const access = await handle.createSyncAccessHandle();
  try {
    let at = 0;
    const reader = stream.getReader();
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      for (let from = 0; from < value.length;) {
        const count = access.write(from ? value.subarray(from) : value, { at });
        at += count;
        from += count;
      }
    }
    access.flush();
  } finally {
    access.close();
  }
  return handle.getFile();
}

/** What the packer pulls one by one. */
async function* entries(files, note) {
  let packed = 0;
  for (const { name, file, modified } of files) {
    yield { name, input: file, lastModified: new Date(modified) };
    packed += file.size;
    note(packed);
  }
}

/** The sub-folder of a path, made where it is missing, and the name inside it. */
async function place(directory, path) {
  const parts = path.split("/");
  const name = parts.pop();
  let folder = directory;
  for (const part of parts) folder = await folder.getDirectoryHandle(part, { create: true });
  return { folder, name };
}

/** The name itself, or with a number that no file here has yet. */
async function freeName(folder, name) {
  const dot = name.lastIndexOf(".");
  let free = name;
  for (let n = 2; await isTaken(folder, free); n++) free = `${name.slice(0, dot)}-${n}${name.slice(dot)}`;
  return free;
}

async function isTaken(folder, name) {
  try {
    await folder.getFileHandle(name);
    return true;
  } catch (error) {
    if (error.name === "NotFoundError") return false;
    if (error.name === "TypeMismatchError") return true; // a folder
    throw error;
  }
}

/** Takes away what was saved before for the same photo, unless it was changed or moved since. */
async function removeOwn(directory, { path, size, lastModified }) {
  try {
    const { folder, name } = await place(directory, path);
    const there = await (await folder.getFileHandle(name)).getFile();
    if (there.size === size && there.lastModified === lastModified) await folder.removeEntry(name);
  } catch (error) {
    if (error.name !== "NotFoundError") throw error;
  }
}
