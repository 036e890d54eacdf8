// The engine in Pyodide: npm install --no-save pyodide && node .ci/pyodide.mjs
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const skip = (reason) => {
  console.log(`skipped: ${reason}`);
  process.exit(0);
};
const { loadPyodide } = await import("pyodide").catch(() => skip("npm install --no-save pyodide"));
const python = await loadPyodide();
await python.loadPackage("numpy", { messageCallback: () => {}, errorCallback: () => {} }).catch(() => {});
if (!python.runPython("import importlib.util; importlib.util.find_spec('numpy') is not None")) {
  skip("Pyodide's NumPy cannot be fetched here");
}
python.mountNodeFS("/chainrule", fileURLToPath(new URL("..", import.meta.url)));
python.runPython("import sys; sys.path.insert(0, '/chainrule'); sys.dont_write_bytecode = True");
python.runPython(readFileSync(new URL("engine_alone.py", import.meta.url), "utf-8"));
