/* A model of series.js as the columns of Bokeh sources, in the colours of the page; what is lit stands out. */
import { stroke, token } from "./tokens.js";

/** Columns of the lines; a lit run stands on top in its colour, the others step back. */
export function lineColumns(lines, lit) {
  const order = lit === null ? lines : [...lines.filter((line) => line.name !== lit), ...lines.filter((line) => line.name === lit)];
  const dim = token("ink-3");
  const looks = order.map((line) => {
    const { colour, dash } = stroke(line.slot);
    const look = { c: colour, a: line.alpha, w: line.width, d: dash };
    if (lit === null) return look;
    if (line.name === lit && line.raw) return { ...look, a: 0.2 };
    if (line.name === lit) return { ...look, a: 1, w: 2.6 };
    return { ...look, c: dim, a: line.raw ? 0 : Math.min(line.alpha, 0.16) };
  });
  const column = (key) => looks.map((look) => look[key]);
  return { xs: order.map(({ x }) => x), ys: order.map(({ y }) => y), c: column("c"), a: column("a"), w: column("w"), d: column("d") };
}

/* Alpha of a band's inside and of its edge: one of extremes has an edge, so that a spike one pixel wide is seen. */
const BANDS = { fill: [0.16, 0], edge: [0.04, 0.3], both: [0.16, 0.3] };

/** Outlines of the bands: up along the high edge, back along the low one, one outline per stretch without a gap. */
export function bandColumns(bands, lit) {
  const out = { xs: [], ys: [], c: [], a: [], e: [] };
  for (const { x, low, high, slot, look } of bands) {
    const [inside, edge] = BANDS[look];
    for (let i = 0; i < x.length; i++) {
      if (!Number.isFinite(low[i])) continue;
      const from = i;
      while (i + 1 < x.length && Number.isFinite(low[i + 1])) i++;
      const steps = Array.from(x.subarray(from, i + 1));
      out.xs.push([...steps, ...steps.toReversed()]);
      out.ys.push([...high.subarray(from, i + 1), ...Array.from(low.subarray(from, i + 1)).reverse()]);
      out.c.push(stroke(slot).colour);
      out.a.push(lit === null ? inside : inside / 3);
      out.e.push(lit === null ? edge : edge / 3);
    }
  }
  return out;
}

/* `lit`: the slot whose name keeps its colour, null when all do. */
export function labelColumns(ends, lit) {
  const colour = ({ slot }) => (lit === null || slot === lit ? stroke(slot).colour : token("ink-3"));
  return { x: ends.map(({ x }) => x), y: ends.map(({ y }) => y), t: ends.map(({ text }) => text), c: ends.map(colour) };
}
