/** What is said around a visit: the samples, and what was asked of the network. */
import { bytes, count } from "../words.js";

export const words = {
  samples: "Or try one of these",
  astronaut: "Astronaut",
  coffee: "Cup of coffee",
  chelsea: "Cat",
  sampleFailed: "This sample could not be fetched. Check the connection, or choose a photo of yours.",
  shareFailed: "What was shared could not be opened. Open it here instead.",
  /** @returns {string} the one line that counts */
  sent: (requests, sent) => `${count(requests, "request")} since this page was opened, ${bytes(sent)} sent`,
  allHome: (origin) => `Every one went to ${origin}, for the parts of this page and for models.`,
  elsewhere: (number) => `${count(number, "request")} went elsewhere: for a model that you opened by its address.`,
  notWatched: "The service worker, which sees every request, takes part from the next visit on: so far only what the page itself asked for is counted.",
  policy: "The browser itself forbids this page, and the threads that see your photo, to connect anywhere else. This is the rule that it obeys:",
  noPolicy: "This host sends no rule that would forbid connections. Reload once, and the service worker adds it.",
  own: "Only a model that you open by its address is fetched from elsewhere, by a separate worker that never gets a photo.",
  forget: "Forget everything",
  forgetSure: "Press again: models, settings, the offline copy and unsaved cutouts go",
  check: "See it with other eyes: open the browser’s developer tools, watch the network, drop a photo. Or switch the network off and go on.",
};
