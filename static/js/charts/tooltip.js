/* The value under the pointer: nearest line only, as HTML over the plot. */
import { axisOf } from "./axis.js";
import { valueAt } from "./band.js";
import { light } from "./highlight.js";
import { figures } from "./ticks.js";

const REACH = 24; // px from a line
const GAP = 12; // px between the point and the tip
const NEAR = 3; // px that a line needs around it to be seen

/** The line nearest to a point of the plot (px), within reach: {line, x, y} or null. Points are taken at their steps. */
function nearest(model, geometry, px, py) {
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
  return { line: best.line, x: x[k], y: y[k], of: best.line.counts?.[k] };
}

function part(tag, className, text) {
  return Object.assign(document.createElement(tag), { className, textContent: text });
}

function nameOf({ name, n, averaged }, of) {
  if (n) return `${name}, mean of ${of < n ? `${of} of ` : ""}${n}`;
  return averaged ? `${name}, averaged` : name;
}

function fill(tip, { line, x, y, of }, { key, x: over }) {
  const axis = axisOf(over);
  const name = part("b", "run", "");
  name.dataset.run = line.slot > 16 ? ((line.slot - 17) % 8) + 1 : line.slot;
  if (line.slot > 8) name.dataset.tier = line.slot > 16 ? 3 : 2;
  name.append(part("i", "swatch", ""), nameOf(line, of));
  const facts = [[axis.word, axis.say(x)], [key, figures(y, 6)]];
  tip.replaceChildren(name, ...facts.flatMap(([word, value]) => [part("span", "", word), part("b", "num", value)]));
}

/* How many px columns of a box at (left, top) the line runs through. */
function covered(line, geometry, { left, top, width, height }) {
  let count = 0;
  for (let px = left; px <= left + width; px += 2) {
    const py = geometry.ofY(valueAt(line.x, line.y, geometry.toX(px)));
    if (py >= top - NEAR && py <= top + height + NEAR) count++;
  }
  return count;
}

/** Where a tip {width, height} stands in `room` {width, height}: of the four corners beside the point, at `px` across, the one that hides least of
    the line, above before below. -> [left, top] */
export function besidePoint({ line, x, y }, geometry, px, tip, room) {
  const py = geometry.ofY(y);
  const corners = [py - tip.height - GAP, py + GAP].flatMap((top) => [px + GAP, px - GAP - tip.width].map((left) => [left, top]));
  const kept = corners.map(([left, top]) => ({
    left: Math.max(0, Math.min(room.width - tip.width, left)),
    top: Math.max(0, Math.min(room.height - tip.height, top)),
  }));
  const hidden = kept.map((at) => covered(line, geometry, { ...at, ...tip }));
  const { left, top } = kept[hidden.indexOf(Math.min(...hidden))];
  return [left, top];
}

function put(tip, plot, hit, geometry, px) {
  const size = { width: tip.offsetWidth, height: tip.offsetHeight };
  const [left, top] = besidePoint(hit, geometry, px, size, { width: plot.clientWidth, height: plot.clientHeight });
  tip.style.transform = `translate(${left}px, ${top}px)`;
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
    const geometry = chart.picture.geometry();
    const hit = nearest(chart.picture.model, geometry, px, py);
    if (!hit) return hide();
    fill(tip, hit, chart.frame);
    tip.hidden = false;
    put(tip, plot, hit, geometry, px);
    return light(hit.line.mean && chart.picture.model.lines.length === 1 ? null : hit.line.name);
  });
  plot.addEventListener("pointerleave", hide);
}
