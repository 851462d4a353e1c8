/*
 * Runs before anything is drawn, so that nothing flashes: the theme and the language that were chosen
 * here. A classic script, since a module would wait for the whole page. What is remembered is written
 * by kept.js; the languages are the files in words/.
 */
(() => {
  const LANGUAGES = ["en", "de"];
  const RIGHT_TO_LEFT = ["ar", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"];
  /** A page whose words are late is rather seen in English than not at all. */
  const PATIENCE_MS = 1500;
  const page = document.documentElement;

  function recall(name) {
    try {
      return localStorage.getItem(`cutaway-${name}`);
    } catch {
      return null;
    }
  }

  const theme = recall("theme");
  if (theme === "light" || theme === "dark") page.style.colorScheme = theme;

  const wished = [recall("language"), ...navigator.languages].map((tag) => tag?.split("-")[0]);
  const language = wished.find((tag) => LANGUAGES.includes(tag)) ?? "en";
  page.lang = language;
  page.dir = RIGHT_TO_LEFT.includes(language) ? "rtl" : "ltr";
  page.dataset.languages = LANGUAGES.join(" ");
  if (language !== "en") {
    page.dataset.unspoken = "";
    setTimeout(() => delete page.dataset.unspoken, PATIENCE_MS);
  }
  const ahead = document.createElement("link");
  ahead.rel = "modulepreload";
  ahead.href = new URL(`words/${language}.js`, document.currentScript.src).href;
  document.head.append(ahead);
})();
