/* One SVG file of symbols: `g-…` our glyphs (static/glyphs/*.svg), `i-…` the lucide icons that templates and scripts name. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";

const IN_TEMPLATES = /\{%\s*icon\s+["']([a-z0-9-]+)["']/g;
const IN_SCRIPTS = /\bicon\("([a-z0-9-]+)"/g;

function filesUnder(folder, ending) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(ending)).map((name) => join(folder, name));
}

/** Names of the lucide icons in use, with a file that uses each: Map(name -> path). */
export function iconsIn(root) {
  const used = new Map();
  const look = (files, pattern) => {
    for (const file of files) for (const [, name] of readFileSync(file, "utf8").matchAll(pattern)) used.set(name, file);
  };
  look(filesUnder(join(root, "templates"), ".html"), IN_TEMPLATES);
  look(filesUnder(join(root, "static/js"), ".js"), IN_SCRIPTS);
  return used;
}

function symbolFrom(svg, id) {
  const [, box] = svg.match(/viewBox="([^"]+)"/);
  const inner = svg.replace(/<!--.*?-->/gs, "").replace(/^\s*<svg[^>]*>/s, "").replace(/<\/svg>\s*$/s, "");
  return `<symbol id="${id}" viewBox="${box}">${inner.replace(/\s*\n\s*/g, "")}</symbol>`;
}

export function spriteOf(root) {
  const lucide = [...iconsIn(root)].sort().map(([name, usedIn]) => {
    const file = join(root, "node_modules/lucide-static/icons", `${name}.svg`);
    if (!existsSync(file)) throw new Error(`${usedIn}: lucide has no icon "${name}"`);
    return symbolFrom(readFileSync(file, "utf8"), `i-${name}`);
  });
  const glyphs = filesUnder(join(root, "static/glyphs"), ".svg").sort();
  const own = glyphs.map((file) => symbolFrom(readFileSync(file, "utf8"), `g-${basename(file, ".svg")}`));
  return `<svg xmlns="http://www.w3.org/2000/svg">${[...own, ...lucide].join("\n")}</svg>\n`;
}
