/** What surrounds the work: samples, photos the system brings, the evidence for the promise. */
import { byId } from "../dom.js";
import { listenForArrivals } from "./arrivals.js";
import { offerForgetting } from "./forget.js";
import { offerLanguages } from "./language.js";
import { offerSamples } from "./samples.js";
import { offerThemes } from "./theme.js";
import "./witness.js";

/**
 * @param {object} page
 * @param {(photos: File[]) => void} page.take
 * @param {(sentence: string) => void} page.refuse
 * @param {(error: unknown) => void} page.onError
 * @param {() => boolean} page.mayReload whether a reload would cost the person nothing
 */
export function beginVisit({ take, refuse, onError, mayReload }) {
  offerThemes(byId("theme"));
  offerLanguages(byId("language"), mayReload);
  offerForgetting(byId("forget"), onError);
  offerSamples(byId("samples"), (photo) => take([photo]), refuse);
  byId("promise").addEventListener("click", async () => {
    try {
      const { showEvidence } = await import("./evidence.js");
      await showEvidence();
    } catch (error) {
      onError(error);
    }
  });
  return listenForArrivals(take, refuse);
}
