/* Dragging over the plot zooms into those steps, y follows; a double click shows all again. */
const LEAST = 8; // px: less is a click
const SETTLE = 150; // ms before finer data is asked for

function brushOver(plot) {
  const brush = Object.assign(document.createElement("div"), { className: "chart-brush", hidden: true });
  plot.append(brush);
  return brush;
}

/** Shows the steps `window` ([from, to], null for all): at once from what is there, then with finer data. */
export function zoomTo(chart, window) {
  chart.settings.window = window;
  chart.draw();
  clearTimeout(chart.zooming);
  if (chart.live) chart.zooming = setTimeout(() => chart.load(), SETTLE);
}

export function watchDrag(chart) {
  const { plot } = chart;
  const brush = brushOver(plot);
  let start = null;

  const at = (event) => {
    const { left, width } = chart.picture.geometry();
    return Math.max(left, Math.min(left + width, event.clientX - plot.getBoundingClientRect().left));
  };

  plot.addEventListener("pointerdown", (event) => {
    if (event.button || event.pointerType === "touch" || !chart.picture || event.target.closest("button")) return;
    start = at(event);
    plot.setPointerCapture(event.pointerId);
  });
  plot.addEventListener("pointermove", (event) => {
    if (start === null || !chart.picture) return;
    const [from, to] = [start, at(event)].sort((a, b) => a - b);
    brush.hidden = to - from < LEAST;
    brush.style.left = `${from}px`;
    brush.style.width = `${to - from}px`;
  });
  const end = (event) => {
    if (start === null) return;
    const edges = chart.picture && event.type === "pointerup" ? [start, at(event)].sort((a, b) => a - b) : [0, 0];
    start = null;
    brush.hidden = true;
    if (edges[1] - edges[0] < LEAST) return;
    const { toX, x0, x1 } = chart.picture.geometry();
    const [from, to] = edges.map(toX).map((x) => Math.max(x0, Math.min(x1, x)));
    if (to > from) zoomTo(chart, [from, to]);
  };
  plot.addEventListener("mousedown", (event) => {
    if (chart.picture && !event.target.closest("button")) event.preventDefault(); // neither selects text nor focuses the canvas
  });
  plot.addEventListener("pointerup", end);
  plot.addEventListener("pointercancel", end);
  plot.addEventListener("dblclick", () => {
    if (chart.settings.window) zoomTo(chart, null);
  });
}
