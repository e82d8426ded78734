/* Line chart: draws a model of series.js with one multi_line, whatever the number of runs. */
import { axisOf } from "./axis.js";
import { bandColumns, labelColumns, lineColumns } from "./columns.js";
import { destroy, frameOf, makeFigure, setTicks, show } from "./figure.js";
import { placed, roomFor, widthOf } from "./labels.js";
import { clearOf, placedMarks } from "./marks.js";
import { logTicks, niceTicks, tickLabels } from "./ticks.js";
import { stroke, token } from "./tokens.js";

const NARROW = 420;
const AXIS = 44; // px that the words of the y axis take
const DOT = 7; // px on the right for the last point of a run shown alone
const LATE = 0.9; // a line that ends later than this part of x has its name at the edge
const COLUMNS = { // of each source: x, y, colour, alpha, edge, width, dash, size, text, shifts
  bands: ["xs", "ys", "c", "a", "e"],
  lines: ["xs", "ys", "c", "a", "w", "d"],
  dots: ["x", "y", "c", "s"],
  marks: ["x", "y"],
  words: ["x", "y", "t", "c", "dx"],
  early: ["x", "y", "t", "c", "dy"],
  ends: ["x", "y", "t", "c"],
};

const field = (name) => ({ field: name });

function labels(plot, source, options) {
  const { LabelSet } = window.Bokeh;
  const type = { text_font: { value: "Inter" }, text_font_size: { value: "11px" }, text_baseline: { value: "middle" } };
  const columns = { x: field("x"), y: field("y"), text: field("t"), text_color: field("c") };
  plot.add_layout(new LabelSet({ source, ...columns, ...type, x_offset: { value: 6 }, ...options }));
}

function addGlyphs(plot) {
  const { ColumnDataSource } = window.Bokeh;
  const empty = (names) => new ColumnDataSource({ data: Object.fromEntries(names.map((name) => [name, []])) });
  const sources = Object.fromEntries(Object.entries(COLUMNS).map(([name, names]) => [name, empty(names)]));
  const band = { fill_color: field("c"), fill_alpha: field("a"), line_color: field("c"), line_alpha: field("e"), line_join: "round" };
  plot.patches(field("xs"), field("ys"), { source: sources.bands, ...band });
  const line = { line_color: field("c"), line_alpha: field("a"), line_width: field("w"), line_dash: field("d"), line_join: "round" };
  plot.multi_line(field("xs"), field("ys"), { source: sources.lines, ...line });
  const [x, y] = [field("x"), field("y")];
  plot.scatter(x, y, { source: sources.dots, marker: "circle", size: field("s"), fill_color: field("c"), line_color: null });
  plot.scatter(x, y, { source: sources.marks, marker: "x", size: 9, line_color: token("bad"), line_width: 2 });
  const back = { background_fill_color: { value: token("paper") }, background_fill_alpha: { value: 0.85 } };
  labels(plot, sources.words, { x_offset: field("dx"), ...back });
  labels(plot, sources.early, { text_font_style: { value: "bold" }, y_offset: field("dy"), ...back });
  labels(plot, sources.ends, { text_font_style: { value: "bold" } });
  return sources;
}

const axisScale = (low, high, log) => (log
  ? { to: (value) => Math.log(value / low) / Math.log(high / low), from: (part) => low * (high / low) ** part }
  : { to: (value) => (value - low) / (high - low), from: (part) => low + part * (high - low) });

class LinePicture {
  constructor(place, log) {
    this.place = place;
    this.log = log;
    this.lit = null;
    this.plot = makeFigure({ log });
    this.sources = addGlyphs(this.plot);
  }

  /** Where the frame stands (px), the steps it spans, the step at a px and the px of a value. */
  geometry() {
    const { x: [x0, x1], y } = this.model;
    const frame = frameOf(this.view);
    const perPixel = (this.plot.x_range.end - x0) / frame.width;
    const { to } = axisScale(y.low, y.high, this.log);
    return {
      ...frame,
      x0,
      x1,
      toX: (px) => x0 + (px - frame.left) * perPixel,
      ofY: (value) => frame.top + frame.height * (1 - to(value)),
    };
  }

  setAxes({ x: [x0, x1], y, axis }, width, height, room) {
    const { plot } = this;
    const reach = x0 + (x1 - x0) * (1 + room / Math.max(120, width - room - AXIS));
    plot.x_range.setv({ start: x0, end: reach });
    plot.y_range.setv({ start: y.low, end: y.high });
    plot.min_border_right = room > DOT ? 2 : 12 - room;
    plot.xaxis.bounds = [x0, x1];
    plot.ygrid.cross_bounds = [x0, x1];
    const over = axisOf(axis);
    const across = over.ticks(x0, x1, width < NARROW ? 3 : 5);
    const wanted = height > 280 ? 6 : 4;
    const up = this.log ? logTicks(y.low, y.high, wanted) : niceTicks(y.low, y.high, wanted);
    setTicks(plot.xaxis, across, over.words(across));
    setTicks(plot.yaxis, up, this.log ? up.map((tick) => tickLabels([tick])[0]) : tickLabels(up), plot.ygrid);
  }

  /** Where each end's name stands; their colours follow what is lit. */
  placeLabels({ ends, x: [x0, x1] }, marks, inner, room) {
    const late = x0 + LATE * (x1 - x0);
    const shown = placed(ends, { room, height: inner.height, scale: inner.scale, right: { late, edge: x1 } });
    const early = shown.filter((end) => end.early);
    this.labels = { ends: shown.filter((end) => !end.early), early: clearOf(early, marks, inner, widthOf) };
  }

  /** Draws `model`; the figure stays, only its columns and ranges change. */
  set(model) {
    this.model = model;
    const [width, height] = [this.place.clientWidth, Math.max(60, this.place.clientHeight - 34)];
    const room = roomFor(model.ends, width) || (model.dots.length ? DOT : 0);
    this.setAxes(model, width, height, room);
    const inner = { width: Math.max(120, width - room - AXIS), height, steps: model.x, scale: axisScale(model.y.low, model.y.high, this.log) };
    const marks = placedMarks(model.marks, inner, widthOf);
    this.placeLabels(model, marks, inner, room);
    this.placeMarks(marks, model.dots);
    this.light(this.lit);
  }

  /** Crosses, their words, and the dots where no line reaches. */
  placeMarks(marks, dots) {
    const worded = marks.filter(({ text }) => text);
    const place = (rows) => ({ x: rows.map((row) => row.x), y: rows.map((row) => row.y) });
    this.sources.marks.data = place(marks);
    const [words, shifts] = [worded.map(({ text }) => text), worded.map(({ dx }) => dx)];
    this.sources.words.data = { ...place(worded), t: words, c: worded.map(() => token("bad")), dx: shifts };
    this.sources.dots.data = { ...place(dots), c: dots.map(({ slot }) => stroke(slot).colour), s: dots.map(({ size }) => size) };
  }

  light(name) {
    this.lit = name;
    const { lines, bands } = this.model;
    const line = lines.find((one) => one.name === name);
    const lit = line ? name : null;
    const slot = line?.slot ?? null;
    const { ends, early } = this.labels;
    this.sources.bands.data = bandColumns(bands, lit);
    this.sources.lines.data = lineColumns(lines, lit);
    this.sources.ends.data = labelColumns(ends, slot);
    this.sources.early.data = { ...labelColumns(early, slot), dy: early.map(({ dy }) => dy) };
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
