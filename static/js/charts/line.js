/* Line chart: draws a model of series.js with one multi_line, whatever the number of runs. */
import { destroy, frameOf, makeFigure, setTicks, show } from "./figure.js";
import { placed, roomFor } from "./labels.js";
import { logTicks, niceTicks, tickLabels } from "./ticks.js";
import { stroke, token } from "./tokens.js";

const NARROW = 420;
const UNDER = 13;
const DOT = 7; // px on the right for the last point of a run shown alone
const LATE = 0.9; // a line that ends later than this part of x has its name at the edge
const EMPTY = { lines: { xs: [], ys: [], c: [], a: [], w: [], d: [] }, bands: { xs: [], ys: [], c: [], a: [] }, marks: { x: [], y: [] }, words: { x: [], y: [], t: [], c: [] }, dots: { x: [], y: [], c: [], s: [] }, ends: { x: [], y: [], t: [], c: [] }, early: { x: [], y: [], t: [], c: [], dy: [] } };

const field = (name) => ({ field: name });

function labels(plot, source, options) {
  const { LabelSet } = window.Bokeh;
  plot.add_layout(new LabelSet({ source, x: field("x"), y: field("y"), text: field("t"), text_color: field("c"), text_font: { value: "Inter" }, text_font_size: { value: "11px" }, text_baseline: { value: "middle" }, x_offset: { value: 6 }, ...options }));
}

function addGlyphs(plot) {
  const { ColumnDataSource } = window.Bokeh;
  const sources = Object.fromEntries(Object.entries(EMPTY).map(([name, data]) => [name, new ColumnDataSource({ data: { ...data } })]));
  plot.patches(field("xs"), field("ys"), { source: sources.bands, fill_color: field("c"), fill_alpha: field("a"), line_color: null });
  plot.multi_line(field("xs"), field("ys"), { source: sources.lines, line_color: field("c"), line_alpha: field("a"), line_width: field("w"), line_dash: field("d"), line_join: "round" });
  plot.scatter(field("x"), field("y"), { source: sources.dots, marker: "circle", size: field("s"), fill_color: field("c"), line_color: null });
  plot.scatter(field("x"), field("y"), { source: sources.marks, marker: "x", size: 9, line_color: token("bad"), line_width: 2 });
  const back = { background_fill_color: { value: token("paper") }, background_fill_alpha: { value: 0.85 } };
  labels(plot, sources.words, { x_offset: { value: 9 }, ...back });
  labels(plot, sources.early, { text_font_style: { value: "bold" }, y_offset: field("dy"), ...back });
  labels(plot, sources.ends, { text_font_style: { value: "bold" } });
  return sources;
}

/** Columns of the lines; a lit run stands on top in its colour, the others step back. */
function lineColumns(lines, lit) {
  const order = lit === null ? lines : [...lines.filter((line) => line.name !== lit), ...lines.filter((line) => line.name === lit)];
  const dim = token("ink-3");
  const looks = order.map((line) => {
    const { colour, dash } = stroke(line.slot);
    const look = { c: colour, a: line.alpha, w: line.width, d: dash };
    if (lit === null || (line.name === lit && line.raw)) return look;
    if (line.name === lit) return { ...look, a: 1, w: 2.6 };
    return { ...look, c: dim, a: line.raw ? 0 : Math.min(line.alpha, 0.16) };
  });
  const column = (key) => looks.map((look) => look[key]);
  return { xs: order.map(({ x }) => x), ys: order.map(({ y }) => y), c: column("c"), a: column("a"), w: column("w"), d: column("d") };
}

/** Outlines of the bands: up along the high edge, back along the low one, one outline per stretch without a gap. */
function bandColumns(bands, lit) {
  const out = { xs: [], ys: [], c: [], a: [] };
  for (const { x, low, high, slot } of bands) {
    for (let i = 0; i < x.length; i++) {
      if (!Number.isFinite(low[i])) continue;
      const from = i;
      while (i + 1 < x.length && Number.isFinite(low[i + 1])) i++;
      const steps = Array.from(x.subarray(from, i + 1));
      out.xs.push([...steps, ...steps.toReversed()]);
      out.ys.push([...high.subarray(from, i + 1), ...Array.from(low.subarray(from, i + 1)).reverse()]);
      out.c.push(stroke(slot).colour);
      out.a.push(lit === null ? 0.16 : 0.05);
    }
  }
  return out;
}

const axisScale = (low, high, log) => (log
  ? { to: (value) => Math.log(value / low) / Math.log(high / low), from: (part) => low * (high / low) ** part }
  : { to: (value) => (value - low) / (high - low), from: (part) => low + part * (high - low) });

/* `lit`: the name that keeps its colour, null when all do. */
function labelColumns(ends, lit) {
  const colour = ({ slot, run }) => (lit === null || run === lit ? stroke(slot).colour : token("ink-3"));
  return { x: ends.map(({ x }) => x), y: ends.map(({ y }) => y), t: ends.map(({ text }) => text), c: ends.map(colour) };
}

class LinePicture {
  constructor(place, log) {
    this.place = place;
    this.log = log;
    this.lit = null;
    this.plot = makeFigure({ log });
    this.sources = addGlyphs(this.plot);
  }

  /** Where the frame stands (px) and what it spans; null before the first layout. */
  geometry() {
    const { x: [x0, x1], y } = this.model;
    const frame = frameOf(this.view);
    const right = this.plot.x_range.end;
    return { ...frame, x0, x1, toX: (px) => x0 + ((px - frame.left) / frame.width) * (right - x0), ofX: (x) => frame.left + ((x - x0) / (right - x0)) * frame.width, ofY: (value) => frame.top + frame.height * (1 - axisScale(y.low, y.high, this.log).to(value)) };
  }

  setAxes({ x: [x0, x1], y }, width, height, room) {
    const { plot } = this;
    const reach = x0 + (x1 - x0) * (1 + room / Math.max(120, width - room - 44));
    plot.x_range.setv({ start: x0, end: reach });
    plot.y_range.setv({ start: y.low, end: y.high });
    plot.min_border_right = room > DOT ? 2 : 12 - room;
    plot.xaxis.bounds = [x0, x1];
    plot.ygrid.cross_bounds = [x0, x1];
    const across = niceTicks(x0, x1, width < NARROW ? 3 : 5, x1 - x0 > 3);
    const wanted = height > 280 ? 6 : 4;
    const up = this.log ? logTicks(y.low, y.high, wanted) : niceTicks(y.low, y.high, wanted);
    setTicks(plot.xaxis, across, tickLabels(across));
    setTicks(plot.yaxis, up, this.log ? up.map((tick) => tickLabels([tick])[0]) : tickLabels(up), plot.ygrid);
  }

  /** Where each end's name stands; their colours follow what is lit. */
  placeLabels({ ends, marks, x: [x0, x1], y }, height, room) {
    const late = x0 + LATE * (x1 - x0);
    const shown = placed(ends, { room, height, scale: axisScale(y.low, y.high, this.log), right: { late, edge: x1 } });
    const underMark = (end) => marks.some((mark) => mark.text && mark.name === end.run); // "NaN at 32.1k" stands there already
    this.labels = { ends: shown.filter((end) => !end.early), early: shown.filter((end) => end.early).map((end) => ({ ...end, dy: underMark(end) ? -UNDER : 0 })) };
  }

  /** Draws `model`; the figure stays, only its columns and ranges change. */
  set(model) {
    this.model = model;
    const [width, height] = [this.place.clientWidth, Math.max(60, this.place.clientHeight - 34)];
    const room = roomFor(model.ends, width) || (model.dots.length ? DOT : 0);
    this.setAxes(model, width, height, room);
    this.placeLabels(model, height, room);
    const marks = model.marks.map((mark) => ({ ...mark, y: mark.y === null ? model.y.low : Math.max(model.y.low, Math.min(model.y.high, mark.y)) }));
    const worded = marks.filter(({ text }) => text);
    this.sources.marks.data = { x: marks.map(({ x }) => x), y: marks.map(({ y }) => y) };
    this.sources.words.data = { x: worded.map(({ x }) => x), y: worded.map(({ y }) => y), t: worded.map(({ text }) => text), c: worded.map(() => token("bad")) };
    this.sources.dots.data = { x: model.dots.map(({ x }) => x), y: model.dots.map(({ y }) => y), c: model.dots.map(({ slot }) => stroke(slot).colour), s: model.dots.map(({ size }) => size) };
    this.light(this.lit);
  }

  light(name) {
    this.lit = name;
    const { lines, bands } = this.model;
    const lit = name !== null && lines.some((line) => line.name === name) ? name : null;
    const { ends, early } = this.labels;
    this.sources.bands.data = bandColumns(bands, lit);
    this.sources.lines.data = lineColumns(lines, lit);
    this.sources.ends.data = labelColumns(ends, lit);
    this.sources.early.data = { ...labelColumns(early, lit), dy: early.map(({ dy }) => dy) };
  }

  destroy() {
    destroy(this.view);
    this.place.replaceChildren();
  }
}

/** A new figure in `place` with `model` in it. -> picture {set, light, geometry, destroy} */
export async function drawLines(place, model, { log, lit }) {
  const picture = new LinePicture(place, log);
  picture.lit = lit;
  picture.set(model);
  picture.view = await show(picture.plot, place);
  return picture;
}
