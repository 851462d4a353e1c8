// node bytecode.mjs <pyodide folder> <source.zip> <bytecode.zip> <prefix>
// Runs compile_zip.py inside the Pyodide that will later read the bytecode.
import { readFile, writeFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";

async function compile(folder, source, target, prefix) {
  const { loadPyodide } = await import(pathToFileURL(`${folder}/pyodide.mjs`).href);
  // A fixed seed: the order of sets must not differ from one build to the next.
  const pyodide = await loadPyodide({ indexURL: `${folder}/`, env: { PYTHONHASHSEED: "0" } });
  pyodide.runPython(await readFile(new URL("compile_zip.py", import.meta.url), "utf8"));
  const archive = pyodide.toPy(new Uint8Array(await readFile(source)));
  const compiled = pyodide.globals.get("compile_zip")(archive, prefix).getBuffer("u8");
  await writeFile(target, compiled.data);
}

try {
  await compile(...process.argv.slice(2));
} catch (error) {
  console.error(error.message.trim());
  process.exitCode = 1;
}
