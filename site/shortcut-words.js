/** What the sheet of shortcuts says: keys that do the same, and what they do. */

export const sheetWords = {
  title: "Keyboard",
  close: "Close",
  single: "Single keys are shortcuts",
};

/** @type {[string[], string][]} */
export const keys = [
  [["Ctrl O"], "Choose a photo"],
  [["Ctrl V"], "Paste a photo"],
  [["Esc"], "Cancel"],
  [["Ctrl Z"], "Undo"],
  [["Ctrl Shift Z", "Ctrl Y"], "Redo"],
  [["Ctrl S"], "Download"],
  [["Ctrl C"], "Copy the cutout"],
  [["+", "−"], "Zoom in and out"],
  [["0"], "See all of it"],
  [["1"], "One pixel for one pixel"],
  [["← ↑ ↓ →"], "Move the picture, zoomed in; on the divider with Shift"],
  [["← →"], "Move the divider, or through the tabs"],
  [["V"], "Look at it another way: on white, on black, its mask"],
  [["D"], "Hold to see it without what you changed"],
  [["?"], "This sheet"],
];
