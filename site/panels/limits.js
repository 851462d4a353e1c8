/**
 * From where to where each number goes. Python refuses what lies beyond (`Refinement`,
 * `Scene` in cutaway.js); `usual` is how far a slider goes where a field takes more.
 */
export const LIMITS = Object.freeze({
  feather: { unit: "pixels", least: 0, most: 100, usual: 20, step: 0.5 },
  smooth: { unit: "pixels", least: 0, most: 50, usual: 20, step: 0.5 },
  shift: { unit: "pixels", least: -50, most: 50, usual: 10, step: 0.1 },
  threshold: { unit: "percent", least: 0, most: 1, step: 0.01 },
  decontaminate: { unit: "percent", least: 0, most: 1, step: 0.01 },
  angle: { unit: "degrees", least: 0, most: 360, step: 1 },
  radius: { unit: "pixels", least: 0, most: 200, usual: 100, step: 1 },
  opacity: { unit: "percent", least: 0, most: 1, step: 0.01 },
  distance: { unit: "hundredths", least: 0, most: 50, usual: 20, step: 0.5 },
  blur: { unit: "hundredths", least: 0, most: 50, usual: 20, step: 0.5 },
  margin: { unit: "percent", least: 0, most: 0.45, step: 0.005 },
  quality: { unit: "points", least: 1, most: 100, step: 1 },
});

/** The quality that Python takes where none is asked for. */
export const QUALITIES = Object.freeze({ "image/webp": 90, "image/avif": 80, "image/jpeg": 92 });
