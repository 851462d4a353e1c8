/** What goes wrong, as callers of the public API get it. */

/** A failure that can be explained: a stable `code` and a sentence that says what to do. */
export class CutawayError extends Error {
  /**
   * @param {string} code
   * @param {string} message
   */
  constructor(code, message) {
    super(message);
    this.name = "CutawayError";
    this.code = code;
  }
}
