/* One <figure data-chart>: fetches its frame, draws it, says what it shows, and frees it. */
import { axisOf } from "./charts/axis.js";
import { fetchFrame, frameAddress } from "./charts/fetch.js";
import { ready } from "./charts/figure.js";
import { factsOf, sentenceOf, writeFoot } from "./charts/foot.js";
import { follow, litName } from "./charts/highlight.js";
import { baseAt } from "./charts/known.js";
import { drawLines } from "./charts/line.js";
import { modelOf } from "./charts/series.js";
import { unitOf } from "./charts/smooth.js";
import { dataTable } from "./charts/table.js";
import { watchPointer } from "./charts/tooltip.js";
import { watchDrag } from "./zoom.js";

const SLOW = 300; // ms before a wait is shown
const RESIZED = 200; // ms without a further change of width, before the points for it are fetched

function settingsOf({ dataset }) {
  return {
    smooth: Number(dataset.smooth) || 0,
    log: "log" in dataset,
    grouped: Boolean(dataset.group),
    band: dataset.band ?? "",
    whole: false, // the start of the curves too, however steep
    window: null, // [from, to] steps when zoomed in
    units: new Map(), // of the smoothing, per run, as of the whole curve
  };
}

export class Chart {
  constructor(element) {
    this.element = element;
    this.plot = element.querySelector(".plot");
    this.canvas = this.plot.appendChild(Object.assign(document.createElement("div"), { className: "plot-canvas" }));
    this.settings = settingsOf(element);
    this.live = element.dataset.state !== "frozen";
    this.frame = null;
    this.picture = null;
    this.work = Promise.resolve();
    this.asked = new AbortController();
    this.unfollow = follow(this);
    this.size = new ResizeObserver(() => this.resized());
    this.size.observe(this.plot);
    watchPointer(this);
    watchDrag(this);
  }

  uids() {
    return this.frame ? this.frame.runs.map((run) => run.uid) : [];
  }

  /** Whether a run of it still logs; `states`: of runs heard of later than its frame. */
  runs(states = {}) {
    return Boolean(this.frame?.runs.some(({ uid, state }) => (states[uid]?.[1] ?? state) === "running"));
  }

  /** Fetches the frame and draws it; what is on screen stays until the new one is there. Never rejects. */
  async load() {
    this.asked.abort();
    const { signal } = (this.asked = new AbortController());
    this.loaded = Date.now();
    const slow = setTimeout(() => this.element.classList.add("is-slow"), SLOW);
    try {
      const wanted = { width: this.plot.clientWidth, window: this.live ? this.settings.window : null, x: this.frame?.x };
      const address = frameAddress(this.element.dataset.frame, wanted);
      const base = this.live ? baseAt(this.frame, address) : null;
      const [frame] = await Promise.all([fetchFrame(address, signal, base), ready()]);
      if (!signal.aborted) await this.take({ ...frame, address });
    } catch (error) {
      if (!signal.aborted) this.fail(error);
    } finally {
      clearTimeout(slow);
      if (!signal.aborted) this.element.classList.remove("is-slow");
    }
  }

  async take(frame) {
    const same = this.picture && this.frame?.revision === frame.revision && this.frame.address === frame.address;
    this.failed = "";
    if (same) return;
    this.frame = frame;
    if (!this.settings.window) this.settings.units = new Map(frame.runs.map((run) => [run.uid, unitOf(run.x)]));
    await this.draw();
  }

  fail(error) {
    this.failed = error.message;
    if (!this.frame) this.note(error.message, true);
    this.element.dispatchEvent(new CustomEvent("lablore:failed", { bubbles: true }));
    console.warn(error);
  }

  /** Draws again with the settings as they are; in a new figure when `anew` (theme, kind of axis). One drawing at a time. */
  draw(anew = false) {
    this.work = this.work.then(() => this.paint(anew)).catch((error) => this.fail(error));
    return this.work;
  }

  async paint(anew) {
    if (!this.frame || this.gone) return;
    const model = modelOf(this.frame, this.settings);
    this.say(model);
    if (!model.y) return this.empty();
    this.plot.querySelector(".chart-note")?.remove();
    this.plot.setAttribute("role", "img");
    if (this.picture && !anew && this.picture.log === this.settings.log) this.picture.set(model);
    else {
      this.picture?.destroy();
      this.picture = null;
      this.picture = await drawLines(this.canvas, model, { log: this.settings.log, lit: litName() });
      if (this.gone) this.free();
    }
    this.element.dataset.drawn = this.frame.revision;
  }

  empty() {
    this.free();
    const { key, runs } = this.frame;
    const some = runs.some((run) => run.total > run.badTotal);
    if (!runs.length) this.note(this.frame.matched ? `No run of ${this.frame.matched} has ${key}.` : "No run matches.");
    else if (this.settings.window && some) this.note(`No value of ${key} in these steps.`);
    else if (this.settings.log && some) this.note(`No value of ${key} is above 0: a log scale has nothing to draw.`);
    else if (runs.some((run) => run.unplaced)) this.note(`No value of ${key} was logged together with ${this.frame.x}.`);
    else this.note(`No finite value of ${key} yet.`);
    this.element.dataset.drawn = this.frame.revision;
  }

  say(model) {
    writeFoot(this.element.querySelector('[data-foot="runs"]'), factsOf(this.frame, model, this.settings));
    this.plot.setAttribute("aria-label", `${this.plot.dataset.said} ${sentenceOf(this.frame, model)}`.trim());
    const title = this.element.querySelector(".chart-axis");
    if (title) title.textContent = axisOf(this.frame.x).title ?? "";
    const badge = this.element.querySelector('[data-foot="live"]');
    if (badge) badge.hidden = !this.runs();
    const table = this.element.querySelector(".chart-table");
    table?.replaceChildren(dataTable(this.frame));
  }

  note(text, bad = false) {
    const note = Object.assign(document.createElement("div"), { className: bad ? "chart-note is-bad" : "chart-note" });
    note.append(Object.assign(document.createElement("p"), { textContent: text }));
    if (bad) {
      const again = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: "Try again" });
      again.dataset.tool = "again";
      note.append(again);
    }
    this.plot.querySelector(".chart-note")?.remove();
    this.plot.setAttribute("role", bad ? "group" : "img"); // a picture may hold no button
    this.plot.append(note);
  }

  light(name) {
    this.picture?.light(name);
  }

  resized() {
    const { clientWidth } = this.plot;
    if (!this.picture || clientWidth === this.width) return;
    const first = this.width === undefined;
    this.width = clientWidth;
    if (first) return;
    this.draw();
    clearTimeout(this.widened);
    if (this.live && this.frame.runs.some(({ sampled }) => sampled > 1)) this.widened = setTimeout(() => this.load(), RESIZED);
  }

  /** Takes the drawing out of memory; the frame stays, so that coming back costs no request. */
  free() {
    this.picture?.destroy();
    this.picture = null;
  }

  destroy() {
    this.gone = true;
    clearTimeout(this.widened);
    this.asked.abort();
    this.unfollow();
    this.size.disconnect();
    this.free();
  }
}
