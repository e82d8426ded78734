/* The small buttons of a chart: smoothing, log axis, full screen, data table, all of it again. */
import { chartOf } from "./mount.js";
import { dataTable } from "./charts/table.js";
import { zoomTo } from "./zoom.js";

const STEPS = [0, 0.6, 0.9];

function showSettings({ element, settings }) {
  const smooth = element.querySelector('[data-tool="smooth"]');
  if (smooth) {
    smooth.textContent = settings.smooth ? `Smooth ${settings.smooth}` : "Smooth";
    smooth.setAttribute("aria-pressed", String(settings.smooth > 0));
  }
  element.querySelector('[data-tool="log"]')?.setAttribute("aria-pressed", String(settings.log));
}

const tools = {
  smooth(chart) {
    chart.settings.smooth = STEPS.find((step) => step > chart.settings.smooth) ?? 0;
    chart.draw();
  },
  log(chart) {
    chart.settings.log = !chart.settings.log;
    chart.draw();
  },
  full({ element }) {
    if (document.fullscreenElement) document.exitFullscreen();
    else element.requestFullscreen?.();
  },
  table({ element, frame }, button) {
    const shown = element.querySelector(".chart-table");
    button.setAttribute("aria-expanded", String(!shown));
    if (shown) return shown.remove();
    if (!frame) return button.setAttribute("aria-expanded", "false");
    const place = Object.assign(document.createElement("div"), { className: "chart-table table-wrap", tabIndex: 0 });
    place.setAttribute("role", "region");
    place.setAttribute("aria-label", `Values of ${frame.key}`);
    place.append(dataTable(frame));
    return element.querySelector(".chart-foot").after(place);
  },
  whole(chart) {
    chart.settings.whole = true;
    chart.draw();
  },
  reset(chart) {
    zoomTo(chart, null);
  },
  again(chart) {
    chart.load();
  },
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-tool]");
  const chart = button && chartOf(button.closest("figure[data-chart]"));
  if (!chart) return;
  tools[button.dataset.tool]?.(chart, button);
  showSettings(chart);
});
