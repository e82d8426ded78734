/* npm run build: everything a browser loads, into static/dist/.

   CSS and JS are bundled by esbuild; fonts come from the @fontsource packages, icons from lucide-static as one sprite (only those
   the templates name), BokehJS from the wheel that pyproject.toml pins. Nothing third-party is kept in git. */
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import { spriteOf } from "./sprite.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const dist = join(here, "dist");

const bundles = {
  logLevel: "warning",
  bundle: true,
  minify: true,
  legalComments: "none",
  target: ["chrome123", "firefox120", "safari17.5"], // the first that know light-dark()
  outdir: dist,
};

/* First scripts of a page: classic, because they must run before anything is painted or Bokeh makes a <style>. */
const first = {
  ...bundles,
  format: "iife",
  entryPoints: [join(here, "js/theme.js"), join(here, "js/nonce-shim.js")],
};

/* lablore.js is on every page; each file of js/pages/ is a bundle that one page asks for. */
const modules = {
  ...bundles,
  format: "esm",
  entryPoints: [join(here, "js/lablore.js"), ...pagesIn(join(here, "js/pages"))],
  entryNames: "[name]",
};

const styles = {
  ...bundles,
  entryPoints: [join(here, "css/lablore.css")],
  nodePaths: [join(root, "node_modules")],
  loader: { ".woff2": "file" },
  assetNames: "fonts/[name]",
};

function pagesIn(folder) {
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".js")).map((name) => join(folder, name)) : [];
}

/** Where the `bokeh` wheel keeps BokehJS; asked without importing it, which would take two seconds. */
function bokehFolder() {
  const own = ["bin/python", "Scripts/python.exe"].map((path) => join(root, ".venv", path)).find(existsSync);
  const ask = "import importlib.util as u; print(u.find_spec('bokeh').submodule_search_locations[0])";
  return join(execFileSync(process.env.PYTHON || own || "python3", ["-c", ask], { encoding: "utf8" }).trim(), "server/static/js");
}

function copyBokeh() {
  mkdirSync(join(dist, "bokeh"), { recursive: true });
  for (const name of ["bokeh.min.js", "bokeh-api.min.js"]) copyFileSync(join(bokehFolder(), name), join(dist, "bokeh", name));
}

function writeSprite() {
  writeFileSync(join(dist, "icons.svg"), spriteOf(root));
  copyFileSync(join(here, "favicon.svg"), join(dist, "favicon.svg"));
}

const kinds = [first, modules, styles];
mkdirSync(dist, { recursive: true });
copyBokeh();
writeSprite();
if (process.argv.includes("--watch")) {
  for (const kind of kinds) await (await esbuild.context({ ...kind, minify: false, logLevel: "info" })).watch();
} else {
  await Promise.all(kinds.map((kind) => esbuild.build(kind)));
  const size = (name) => `${name} ${Math.round(readFileSync(join(dist, name)).length / 1024)} kB`;
  console.log(["lablore.css", "lablore.js", "icons.svg"].map(size).join(", "));
}
