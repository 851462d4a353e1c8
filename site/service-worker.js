/**
 * The service worker: keeps one build whole, answers what that build lists, and nothing else.
 *
 * `BUILD` is put in front of this file by the build: its id, the files every browser needs
 * (`shell`), ONNX Runtime by what a browser can run (`flavours`), what is kept only once it was asked
 * for (`later`), and the security headers for hosts that cannot set them.
 *
 * A build is installed completely or not at all; it takes over when the page says so, or at once
 * where there was none before. Weights are no business of this file: the store keeps those.
 */
const ROOT = new URL(self.registration.scope);
const PREFIX = "cutaway-shell-";
const SHELL = PREFIX + BUILD.id;
/** Where worker/store.js looks for what comes in pieces. */
const STORE = "cutaway-store";
/** Entry of a shell cache that says since when its build has been the active one. */
const ACTIVE_SINCE = new URL("active-since", ROOT).href;
/** The same choice as in worker/inference.js. */
const FLAVOUR =
  typeof WebAssembly.Suspending === "function" ? "jspi" : navigator.gpu ? "asyncify" : "wasm";
const AT_ONCE = 4;
/** Where the system posts photos that are shared to the installed app (site.webmanifest). */
const SHARE = new URL("share", ROOT).href;
const SHARED = "cutaway-shared";
/** Requests are told to the page in one message for each such while. */
const TELL_AFTER_MS = 250;

/** Everything this build may be asked for, by address. */
const LISTED = new Map(
  [...BUILD.shell, ...Object.values(BUILD.flavours).flat(), ...BUILD.later].map((entry) => [address(entry), entry]),
);
const PAGE = LISTED.get(ROOT.href);
const PAGE_PATHS = [ROOT.pathname, `${ROOT.pathname}index.html`];
/** Folders whose names hold the hash of their content: another build may still need its own. */
const HASHED = ["site/", "worker/", "fetcher/", "runtime/"];

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("message", ({ data }) => {
  if (data?.type === "activate") self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method === "POST" && url.href === SHARE) {
    event.respondWith(takeShared(request)); // it goes no further than this
    return;
  }
  event.waitUntil(note(request));
  if (request.method !== "GET" || url.origin !== ROOT.origin || request.headers.has("range")) return;
  const page = request.mode === "navigate" && PAGE_PATHS.includes(url.pathname);
  const entry = page ? PAGE : LISTED.get(url.href);
  if (entry) {
    if (!entry.store) event.respondWith(answer(event, entry));
  } else if (isHashed(url)) {
    event.respondWith(answerForEarlierBuild(request));
  }
});

let asked = [];
let telling = null;

/** Tells the open pages what was asked of the network, so that people can see for themselves. */
async function note(request) {
  const withContent = !["GET", "HEAD"].includes(request.method);
  const sent = withContent ? (await request.clone().arrayBuffer()).byteLength : 0;
  asked.push({ address: request.url, sent, foreign: !request.url.startsWith(ROOT.origin) });
  telling ??= new Promise((resolve) => setTimeout(resolve, TELL_AFTER_MS)).then(async () => {
    const message = { type: "asked", requests: asked };
    asked = [];
    telling = null;
    for (const page of await self.clients.matchAll({ type: "window" })) page.postMessage(message);
  });
  await telling;
}

/** Keeps the photos for the page, which takes them from there. */
async function takeShared(request) {
  const cache = await caches.open(SHARED);
  const photos = (await request.formData()).getAll("photos");
  await Promise.all(photos.map((photo, i) => cache.put(
    new URL(`shared/${i}`, ROOT),
    new Response(photo, { headers: { "Content-Type": photo.type, "X-Name": encodeURIComponent(photo.name) } }),
  )));
  return Response.redirect(new URL("?shared", ROOT), 303);
}

async function install() {
  const cache = await caches.open(SHELL);
  const missing = [...BUILD.shell, ...BUILD.flavours[FLAVOUR], ...(await usedBefore())];
  const fill = async () => {
    while (missing.length) {
      const entry = missing.shift();
      await keep(entry.store ? await caches.open(STORE) : cache, entry);
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, fill));
  } catch (error) {
    // What has arrived is whole and spares the next attempt a download, unless there is no room.
    missing.length = 0;
    if (error.name === "QuotaExceededError") await caches.delete(SHELL);
    throw error;
  }
}

/** What of `later` the build before has kept: whoever used it wants it offline still. */
async function usedBefore() {
  const kept = await Promise.all(BUILD.later.map((entry) => inAnyShell(address(entry))));
  return BUILD.later.filter((_, i) => kept[i]);
}

async function activate() {
  const cache = await caches.open(SHELL);
  await cache.put(ACTIVE_SINCE, new Response(String(Date.now())));
  await forgetOlderBuilds();
  await self.clients.claim();
}

/** Keeps this build and the one before, which an open page may still be running. */
async function forgetOlderBuilds() {
  const others = (await shellCaches()).filter((name) => name !== SHELL);
  const since = await Promise.all(others.map(activeSince));
  const previous = others[since.indexOf(Math.max(...since, 1))];
  await Promise.all(others.filter((name) => name !== previous).map((name) => caches.delete(name)));
}

/** Milliseconds since 1970; 0 for a build that was never the active one. */
async function activeSince(name) {
  const noted = await (await caches.open(name)).match(ACTIVE_SINCE);
  return noted ? Number(await noted.text()) : 0;
}

async function shellCaches() {
  return (await caches.keys()).filter((name) => name.startsWith(PREFIX));
}

/** Puts a file into `cache`: one we have already, or the server's, checked either way. */
async function keep(cache, entry) {
  const url = address(entry);
  if (await cache.match(url, { ignoreVary: true })) return;
  await cache.put(url, (await fromOtherBuild(entry)) ?? (await fetchChecked(entry)));
}

async function fromOtherBuild(entry) {
  if (!isHashed(new URL(address(entry)))) return null;
  const response = await inAnyShell(address(entry));
  return response && (await isRight(response, entry)) ? response : null;
}

async function inAnyShell(url) {
  for (const name of await shellCaches()) {
    const response = await (await caches.open(name)).match(url, { ignoreVary: true });
    if (response) return response;
  }
  return null;
}

/** Fetches a file; one that is not this build's is asked for again, past every HTTP cache. */
async function fetchChecked(entry) {
  const url = address(entry);
  // What the page has just fetched is taken from the browser's HTTP cache.
  const first = isHashed(new URL(url)) ? "default" : "no-cache";
  for (const cache of [first, "reload"]) {
    const response = await fetch(url, { cache });
    if (response.ok && (await isRight(response, entry))) return secured(response, url);
  }
  throw new Error(`${url} is not the file of build ${BUILD.id}.`);
}

async function isRight(response, { bytes, sha256 }) {
  const content = await response.clone().arrayBuffer();
  if (content.byteLength !== bytes) return false;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("") === sha256;
}

async function answer(event, entry) {
  const cache = await caches.open(SHELL);
  const kept = await cache.match(address(entry), { ignoreVary: true });
  if (kept) return kept;
  // The browser forgot it, or it runs another flavour than this worker guessed.
  const response = await fetch(event.request);
  if (response.ok) event.waitUntil(keepCopy(cache, entry, response.clone()));
  return secured(response, address(entry));
}

async function keepCopy(cache, entry, response) {
  if (await isRight(response, entry)) await cache.put(address(entry), secured(response, address(entry)));
}

async function answerForEarlierBuild(request) {
  return (await inAnyShell(request.url)) ?? secured(await fetch(request), request.url);
}

/**
 * The response itself where the host sent the security headers: only then the browser keeps
 * compiled code with it. Else a copy that carries them.
 */
function secured(response, url) {
  const wanted = Object.entries(headersFor(url));
  const complete = wanted.every(([name, value]) => response.headers.get(name) === value);
  if (!response.ok || (complete && !response.redirected)) return response;
  const headers = new Headers(response.headers);
  headers.delete("Content-Encoding"); // The body is no longer encoded.
  headers.delete("Content-Length");
  for (const [name, value] of wanted) headers.set(name, value);
  return new Response(response.body, { status: response.status, headers });
}

/** Headers by path as a host would set them: of every rule that matches. */
function headersFor(url) {
  const path = new URL(url).pathname.slice(ROOT.pathname.length);
  const matching = BUILD.headers.filter(([rule]) =>
    rule.endsWith("*") ? path.startsWith(rule.slice(0, -1)) : path === rule,
  );
  return Object.assign({}, ...matching.map(([, headers]) => headers));
}

function isHashed(url) {
  return !url.search && HASHED.some((folder) => url.pathname.startsWith(ROOT.pathname + folder));
}

function address(entry) {
  return new URL(entry.url, ROOT).href;
}
