/* The value under the pointer: nearest line only, as HTML over the plot. */
import { valueAt } from "./band.js";
import { light } from "./highlight.js";
import { figures } from "./ticks.js";

const REACH = 24; // px from a line

/** The line nearest to a point of the plot (px), within reach: {line, x, y} or null. Points are taken at their steps. */
export function nearest(model, geometry, px, py) {
  const at = geometry.toX(px);
  let best = null;
  for (const line of model.lines) {
    if (line.raw || line.alpha === 0) continue;
    const value = valueAt(line.x, line.y, at);
    const far = Math.abs(geometry.ofY(value) - py);
    if (Number.isFinite(far) && far <= REACH && (!best || far < best.far)) best = { line, far };
  }
  if (!best) return null;
  const { x, y } = best.line;
  let i = 0;
  let high = x.length - 1;
  while (high - i > 1) {
    const middle = (i + high) >> 1;
    if (x[middle] <= at) i = middle;
    else high = middle;
  }
  const k = Math.abs(x[high] - at) < Math.abs(x[i] - at) && Number.isFinite(y[high]) ? high : i;
  return { line: best.line, x: x[k], y: y[k] };
}

function part(tag, className, text) {
  return Object.assign(document.createElement(tag), { className, textContent: text });
}

function fill(tip, { line, x, y }, key) {
  const name = part("b", "run", "");
  name.dataset.run = line.slot > 16 ? ((line.slot - 17) % 8) + 1 : line.slot;
  if (line.slot > 8) name.dataset.tier = line.slot > 16 ? 3 : 2;
  name.append(part("i", "swatch", ""), line.n ? `${line.name}, mean of ${line.n}` : line.name);
  const facts = [["step", x.toLocaleString("en", { maximumFractionDigits: 2 })], [key, figures(y, 6)]];
  tip.replaceChildren(name, ...facts.flatMap(([word, value]) => [part("span", "", word), part("b", "num", value)]));
}

function put(tip, plot, px, py) {
  const { offsetWidth: width, offsetHeight: height } = tip;
  const left = px + 14 + width > plot.clientWidth ? px - 14 - width : px + 14;
  tip.style.transform = `translate(${Math.max(0, left)}px, ${Math.max(0, Math.min(plot.clientHeight - height, py - height - 10))}px)`;
}

/** Shows the tip over `chart.plot` while a pointer is near a line of `chart.picture`. */
export function watchPointer(chart) {
  const { plot } = chart;
  const tip = Object.assign(document.createElement("div"), { className: "chart-tip", hidden: true });
  const hide = () => {
    if (tip.hidden) return;
    tip.hidden = true;
    light(null);
  };
  plot.append(tip);
  plot.addEventListener("pointermove", (event) => {
    if (!chart.picture || event.buttons) return hide();
    const box = plot.getBoundingClientRect();
    const [px, py] = [event.clientX - box.left, event.clientY - box.top];
    const hit = nearest(chart.picture.model, chart.picture.geometry(), px, py);
    if (!hit) return hide();
    fill(tip, hit, chart.frame.key);
    tip.hidden = false;
    put(tip, plot, px, py);
    return light(hit.line.mean && chart.picture.model.lines.length === 1 ? null : hit.line.name);
  });
  plot.addEventListener("pointerleave", hide);
}
