/* One run is lit at a time, everywhere: hover or focus of [data-name] lights its line in all charts and its row in all tables. */
const DELAY = 40; // ms: a pointer that only crosses a row lights nothing
const charts = new Set();
let lit = null;
let timer = 0;

export const litName = () => lit;

/** `chart` {light(name | null)} hears what is lit. -> a function that ends it */
export function follow(chart) {
  charts.add(chart);
  return () => charts.delete(chart);
}

/** Lights the run of this name; null lets go. */
export function light(name) {
  clearTimeout(timer);
  if (name === lit) return;
  lit = name;
  for (const element of document.querySelectorAll("[data-name]")) element.toggleAttribute("data-lit", element.dataset.name === lit);
  for (const chart of charts) chart.light(lit);
}

function soon(name) {
  clearTimeout(timer);
  timer = setTimeout(() => light(name), DELAY);
}

const nameAt = (event) => event.target.closest?.("[data-name]")?.dataset.name ?? null;

document.addEventListener("pointerover", (event) => {
  if (event.pointerType !== "touch" && !event.target.closest?.(".plot")) soon(nameAt(event));
});
document.addEventListener("pointerleave", () => soon(null));
document.addEventListener("focusin", (event) => soon(nameAt(event)));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") light(null);
});
