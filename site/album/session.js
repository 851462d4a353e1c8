/**
 * Where finished files are put aside: a folder for each open page in the browser's private file
 * system. A lock says that its page is still there; what a page has left behind goes when the next
 * one starts.
 */

const FOLDER = "album";

function lockOf(session) {
  return `cutaway album ${session}`;
}

/**
 * @returns {Promise<FileSystemDirectoryHandle>} a new folder, kept for as long as this thread runs
 * @throws where the browser has no private file system, or keeps it from this page
 */
export async function openSession() {
  const root = await navigator.storage.getDirectory();
  const session = crypto.randomUUID();
  // Held for ever: the browser releases it with this thread.
  await new Promise((held) => {
    navigator.locks.request(lockOf(session), () => {
      held();
      return new Promise(() => {});
    });
  });
  const all = await root.getDirectoryHandle(FOLDER, { create: true });
  return all.getDirectoryHandle(session, { create: true });
}

/** Deletes what pages that are gone have left behind. */
export async function sweepSessions() {
  const all = await existing();
  if (!all) return;
  for await (const session of all.keys()) {
    await navigator.locks.request(lockOf(session), { ifAvailable: true }, async (lock) => {
      if (lock) await all.removeEntry(session, { recursive: true });
    });
  }
}

/** @returns {Promise<FileSystemDirectoryHandle | null>} null where there is nothing to delete */
async function existing() {
  try {
    return await (await navigator.storage.getDirectory()).getDirectoryHandle(FOLDER);
  } catch {
    return null;
  }
}
