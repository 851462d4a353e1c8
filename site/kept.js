/** Small choices that this browser remembers; where it keeps nothing they hold for the visit. */
const PREFIX = "cutaway-";

/** @returns {string | null} */
export function recall(name) {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return null; // in a private window for example
  }
}

/**
 * @param {string} name
 * @param {string} value
 */
export function remember(name, value) {
  try {
    localStorage.setItem(PREFIX + name, value);
  } catch {
    // Nobody is worse off than before.
  }
}

/** @param {string} name of what is no longer chosen */
export function forgo(name) {
  try {
    localStorage.removeItem(PREFIX + name);
  } catch {
    // It was not kept either.
  }
}
