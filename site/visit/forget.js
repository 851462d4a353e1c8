/** Takes everything back that Cutaway keeps in this browser. */
import { words } from "../words.js";

/** So long the question waits for its answer. */
const PATIENCE_MS = 6000;

/**
 * Asks in the button itself: a second press means it.
 * @param {HTMLButtonElement} button
 * @param {(error: unknown) => void} onError
 */
export function offerForgetting(button, onError) {
  let waiting = 0;
  const rest = () => {
    clearTimeout(waiting);
    waiting = 0;
    button.textContent = words.visit.forget;
  };
  button.addEventListener("blur", rest);
  button.addEventListener("click", () => {
    if (waiting) return forgetEverything().catch(onError);
    waiting = setTimeout(rest, PATIENCE_MS);
    button.textContent = words.visit.forgetSure;
  });
}

/** Deletes caches, files and settings, ends the service worker, and loads the page anew. */
async function forgetEverything() {
  await Promise.all((await caches.keys()).map((name) => caches.delete(name)));
  const files = await navigator.storage?.getDirectory?.().catch(() => null);
  if (files) {
    const names = await Array.fromAsync(files.keys());
    // A file that is open in another tab stays until that is closed.
    await Promise.allSettled(names.map((name) => files.removeEntry(name, { recursive: true })));
  }
  localStorage.clear();
  sessionStorage.clear();
  const registrations = (await navigator.serviceWorker?.getRegistrations?.()) ?? [];
  await Promise.all(registrations.map((registration) => registration.unregister()));
  location.replace(location.pathname);
}
