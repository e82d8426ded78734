/* One figure, one look. The only file that touches what BokehJS does not promise to keep (views, Bokeh.index, documents):
   when the pinned version in pyproject.toml moves, tests/browser/test_charts.py and this file are the place to look. */
import { token } from "./tokens.js";

const TOP = 10;
const BOTTOM = 24;
const FONTS = ["11px Inter", "bold 11px Inter"];
let loading;

function script(address) {
  return new Promise((done, failed) => {
    const element = Object.assign(document.createElement("script"), { src: address, async: false, onload: done });
    element.onerror = () => failed(new Error("the drawing library could not be loaded"));
    document.head.append(element);
  });
}

/** BokehJS and the fonts of the axes, once per page and only on pages with a chart near the window. */
export function ready() {
  loading ??= Promise.all([
    ...(window.Bokeh?.Plotting ? [] : document.body.dataset.bokeh.split(" ").map(script)),
    ...FONTS.map((font) => document.fonts.load(font)),
  ]).catch((error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

function dress(axis) {
  Object.assign(axis, {
    major_label_text_font: "Inter",
    major_label_text_font_size: "11px",
    major_label_text_color: token("ink-3"),
    axis_line_color: null,
    minor_tick_line_color: null,
    major_tick_line_color: null,
    major_label_standoff: 4,
  });
}

/** An empty figure in the house style. `log`: the y axis. */
export function makeFigure({ log = false } = {}) {
  const plot = window.Bokeh.Plotting.figure({
    sizing_mode: "stretch_both",
    toolbar_location: null,
    tools: "",
    output_backend: "canvas",
    x_range: [0, 1],
    y_range: [1, 2],
    ...(log ? { y_axis_type: "log" } : {}),
  });
  Object.assign(plot, { min_border_top: TOP, min_border_bottom: BOTTOM, min_border_right: 12 });
  Object.assign(plot, { background_fill_color: null, border_fill_color: null, outline_line_color: null });
  const [x, y] = [plot.xaxis, plot.yaxis];
  dress(x);
  dress(y);
  const rule = token("line-2");
  Object.assign(x, { axis_line_color: rule, major_tick_line_color: rule, major_tick_in: 0, major_tick_out: 4 });
  plot.xgrid.grid_line_color = null;
  plot.ygrid.grid_line_color = token("line");
  return plot;
}

/** Sets ticks and their words on an axis; labels are given as words so that nothing is read as TeX. */
export function setTicks(axis, ticks, words, grid) {
  const { FixedTicker } = window.Bokeh;
  axis.major_label_overrides = new Map(ticks.map((tick, i) => [tick, words[i]]));
  axis.ticker = new FixedTicker({ ticks });
  if (grid) grid.ticker = new FixedTicker({ ticks });
}

/** Puts `plot` into `place`. -> view */
export async function show(plot, place) {
  place.replaceChildren();
  const view = await window.Bokeh.Plotting.show(plot, place);
  if (view.canvas_view) view.canvas_view.events_el.tabIndex = -1; // a stop for the Tab key that says and does nothing
  return view;
}

/** The plot's inner frame in px, relative to its element. */
export function frameOf(view) {
  const { left, top, width, height } = view.frame.bbox;
  return { left, top, width, height };
}

/** Frees a view and its document, with the view of notifications that each document brings; removing the element frees nothing. */
export function destroy(view) {
  const { Bokeh } = window;
  const page = view.model.document;
  const isMine = ({ model }) => model === view.model || model.document === page || model === page?.config?.notifications;
  for (const root of [...Bokeh.index].filter(isMine)) {
    root.remove();
    Bokeh.index.delete(root);
  }
  if (!page) return;
  page.clear();
  const at = Bokeh.documents.indexOf(page);
  if (at >= 0) Bokeh.documents.splice(at, 1);
}
