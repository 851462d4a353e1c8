/** Whether single keys are shortcuts: who speaks instead of typing may want them off. */

const OFF = "cutaway-no-single-keys";

export const singleKeys = {
  get areOn() {
    return localStorage.getItem(OFF) === null;
  },

  /** @param {boolean} on */
  turn(on) {
    if (on) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "yes");
  },
};
