/* Which charts of the page are alive: drawn when near the window, freed when far from it, destroyed when their element goes. */
import { Chart } from "./chart.js";

const NEAR = "300px";
const FAR = "2400px";
const charts = new Map(); // element -> Chart

export const chartOf = (element) => charts.get(element);
export const chartsAlive = () => [...charts.values()];

function come(chart) {
  chart.near = true;
  if (chart.stale || !chart.frame) {
    chart.stale = false;
    chart.load();
  } else if (!chart.picture) chart.draw();
}

const near = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    const chart = charts.get(target);
    if (!chart) continue;
    if (isIntersecting) come(chart);
    else chart.near = false;
  }
}, { rootMargin: NEAR });

const far = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) if (!isIntersecting) charts.get(target)?.free();
}, { rootMargin: FAR });

function mount(element) {
  if (charts.has(element) || !element.dataset.frame) return;
  charts.set(element, new Chart(element));
  near.observe(element);
  far.observe(element);
}

function unmount(element, chart) {
  near.unobserve(element);
  far.unobserve(element);
  charts.delete(element);
  chart.destroy();
}

/** Looks at the page again. Removing a chart's element alone frees nothing in BokehJS, so whoever removes it (HTMX, the preview
    of the editor) is watched, not asked to say so. */
function look() {
  for (const [element, chart] of charts) if (!element.isConnected) unmount(element, chart);
  document.querySelectorAll("figure[data-chart]").forEach(mount);
}

new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
document.addEventListener("lablore:theme", () => {
  for (const chart of charts.values()) if (chart.picture) chart.draw(true);
});
look();
