/** The beginning: first the words of the page's language, then the page, which finds them there. */
import { learn, translate } from "./words.js";

const page = document.documentElement;
await learn(page.lang).catch((error) => {
  // Better in English than not at all.
  console.warn(error);
  page.lang = "en";
  return learn("en");
});
if (page.lang !== "en") translate();
delete page.dataset.unspoken;
await import("./page.js");
