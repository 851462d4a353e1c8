/**
 * Starts the interpreter. Everything it needs is asked for at once; files go straight into its file
 * system, before it runs.
 */
import { entries } from "./archive.js";
import { timed } from "./timeline.js";

/**
 * @param {object} build
 * @param {string} root URL of the site's root
 * @param {object} parts
 * @param {(pyodide: object) => object} parts.bridge what `cutaway_bridge` is for Python
 * @param {(done: number, total: number) => void} parts.onProgress bytes of the interpreter so far
 * @param {() => void} parts.onFetched everything has arrived
 * @returns {Promise<object>} the module `cutaway.host.browser`
 */
export async function bootPython(build, root, { bridge, onProgress, onFetched }) {
  const progress = bootProgress(build, root, onProgress);
  const address = (url) => new URL(url, root).href;
  const indexURL = address(build.pyodide.url);
  const [library, ...packages] = [build.pyodide.library, ...build.packages].map(({ url }) => address(url));
  const archives = packages.map((url) => timed("packages", () => bytesOf(url)));
  for (const archive of archives) archive.catch(() => {}); // told when it is unpacked
  import(`${indexURL}pyodide.asm.mjs`).catch(() => {}); // Pyodide asks for it later, and tells
  const { loadPyodide } = await timed("pyodide.mjs", () => import(`${indexURL}pyodide.mjs`));
  const pyodide = await timed("loadPyodide", () => loadPyodide({
    indexURL,
    stdLibURL: library,
    lockFileContents: build.pyodide.lock,
    fsInit: async (files, { sitePackages }) => {
      for (const archive of archives) unpack(files, await archive, sitePackages);
      onFetched(); // the interpreter itself is what calls this
    },
  }));
  pyodide.registerJsModule("cutaway_bridge", bridge(pyodide));
  const module = await timed("import cutaway", () => pyodide.pyimport("cutaway.host.browser"));
  progress.disconnect();
  return module;
}

async function bytesOf(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: the server answered ${response.status}.`);
  return new Uint8Array(await response.arrayBuffer());
}

/** Puts what an archive holds below `folder`; the files stay views of it. */
function unpack(files, archive, folder) {
  const made = new Set();
  for (const { name, content } of entries(archive)) {
    const path = `${folder}/${name}`;
    const parent = path.slice(0, path.lastIndexOf("/"));
    if (!made.has(parent)) files.mkdirTree(parent);
    made.add(parent);
    files.writeFile(path, content, { canOwn: true });
  }
}

/** Counts what the boot has fetched, as the browser reports each file. */
function bootProgress(build, root, report) {
  const sizes = new Map(
    [...build.pyodide.files, ...build.packages].map(({ url, bytes }) => [new URL(url, root).href, bytes]),
  );
  const total = [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
  let done = 0;
  report(done, total);
  const observer = new PerformanceObserver((list) => {
    for (const { name } of list.getEntries()) {
      done += sizes.get(name) ?? 0;
      sizes.delete(name);
    }
    report(done, total);
  });
  observer.observe({ type: "resource", buffered: true });
  return observer;
}
