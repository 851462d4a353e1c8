/**
 * The page's half of the service worker: registers it, tells of a new build, and reloads once
 * where the service worker brings the isolation that the host's own headers do not.
 */

/** Set while a reload for isolation is under way, so that there is never a second one. */
const RELOADED = "cutaway-reloaded-for-isolation";

/**
 * @param {object} options
 * @param {(update: () => void) => void} options.onUpdate a new build is ready; `update` switches
 *   to it and reloads the page
 * @param {() => boolean} options.mayReload whether a reload would cost the person nothing
 * @param {Promise<unknown>} [options.ready] settles when the page has fetched what it needs;
 *   only then the rest is kept, so that nothing is downloaded twice
 */
export async function keepOffline({ onUpdate, mayReload, ready }) {
  const container = navigator.serviceWorker;
  if (!container) return; // not a secure context, or switched off
  try {
    if (crossOriginIsolated) {
      sessionStorage.removeItem(RELOADED);
      await Promise.allSettled([ready]);
    }
    await register(container, onUpdate, mayReload);
  } catch (error) {
    console.warn(`Offline use is not possible here: ${error.message}`);
  }
}

async function register(container, onUpdate, mayReload) {
  let asked = false;
  let controlled = Boolean(container.controller);
  container.addEventListener("controllerchange", () => {
    // Another tab may have switched to the new build; a page that holds a photo stays as it is.
    if (asked || (controlled && mayReload())) location.reload();
    else if (!controlled) isolate(mayReload);
    controlled = true;
  });
  const registration = await container.register("service-worker.js", { updateViaCache: "none" });
  const tell = () => {
    if (!registration.waiting || !container.controller) return;
    onUpdate(() => {
      asked = true;
      if (registration.waiting) registration.waiting.postMessage({ type: "activate" });
      else location.reload();
    });
  };
  const watch = () => {
    registration.installing?.addEventListener("statechange", ({ target }) => {
      if (target.state === "installed") tell();
    });
  };
  tell();
  watch();
  registration.addEventListener("updatefound", watch);
  // After a forced reload the service worker is there but does not control the page.
  if (registration.active && !container.controller) isolate(mayReload);
}

/** Reloads once, so that the service worker's headers take effect. */
function isolate(mayReload) {
  if (crossOriginIsolated || !mayReload() || sessionStorage.getItem(RELOADED)) return;
  sessionStorage.setItem(RELOADED, "yes");
  location.reload();
}
