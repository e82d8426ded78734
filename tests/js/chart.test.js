/* A chart between its pointer, its server and its pulse: what it has must be what it says it has. The browser and the server are stood in for. */
import assert from "node:assert/strict";
import test from "node:test";

Object.assign(globalThis, {
  location: { href: "http://site/" },
  document: { addEventListener() {}, querySelector: () => null, querySelectorAll: () => [], fonts: { load: async () => {} }, body: { dataset: {} } },
  window: { Bokeh: { Plotting: {} }, addEventListener() {} },
  matchMedia: () => ({ matches: false, addEventListener() {} }),
  requestAnimationFrame: (drawn) => setTimeout(drawn, 0),
});
const { Chart } = await import("../../static/js/chart.js");

/* Runs "still", which has ended, and "grows", of 100 points each; every tenth of them below 1,000 px. */
const server = { revision: 1, gate: Promise.resolve(), asked: [] };

function frameFor(url) {
  const [first, last] = ["first", "last"].map((word, i) => Number(url.searchParams.get(word) ?? [0, 99][i]));
  const every = Number(url.searchParams.get("width")) < 1000 ? 10 : 1;
  const have = new Map((url.searchParams.get("have") ?? "").split("-").map((word) => word.split(".")));
  const steps = Array.from({ length: 100 }, (_, i) => i).filter((i) => i >= first && i <= last && i % every === 0);
  const rows = [];
  const runs = [["still", 1], ["grows", server.revision]].map(([uid, revision]) => {
    const entry = { uid, name: uid, state: "running", revision };
    if (have.get(uid) === String(revision)) return { ...entry, same: true };
    rows.push(...steps);
    return { ...entry, total: 100, sampled: 1, badTotal: 0, bad: [], offset: rows.length - steps.length, length: steps.length };
  });
  const column = (offset) => ({ dtype: "<f8", offset, length: rows.length });
  const header = { key: "loss", x: "step", revision: `r${server.revision}`, matched: 2, hidden: 0, without: {}, runs };
  const text = JSON.stringify({ ...header, columns: { x: column(0), y: column(8 * rows.length) } });
  const padded = text.padEnd(Math.ceil(text.length / 8) * 8);
  const bytes = new Uint8Array(8 + padded.length + 16 * rows.length);
  bytes.set(new TextEncoder().encode(`LLF1\0\0\0\0${padded}`));
  new DataView(bytes.buffer).setUint32(4, padded.length, true);
  new Float64Array(bytes.buffer, 8 + padded.length).set([...rows, ...rows]);
  return bytes.buffer;
}

globalThis.fetch = async (address) => {
  const url = new URL(address);
  server.asked.push(url);
  const body = frameFor(url);
  await server.gate;
  return { ok: true, arrayBuffer: async () => body };
};

function chartOf(width) {
  const nothing = { add() {}, remove() {} };
  const chart = Object.create(Chart.prototype);
  const element = { dataset: { frame: "http://site/f?key=loss" }, classList: nothing, dispatchEvent() {} };
  return Object.assign(chart, {
    element, plot: { clientWidth: width }, settings: { window: null, units: new Map() }, live: true,
    frame: null, picture: {}, asked: new AbortController(), draw: async () => {},
  });
}

const spans = ({ frame }) => frame.runs.map(({ uid, x }) => `${uid} ${x[0]}-${x.at(-1)} of ${x.length}`);

test("a run that did not change is not asked for again", async () => {
  const chart = chartOf(1000);
  await chart.load();
  server.revision += 1;
  await chart.load();
  assert.match(server.asked.at(-1).searchParams.get("have"), /^still\.1-grows\.\d+$/);
  assert.deepEqual(spans(chart), ["still 0-99 of 100", "grows 0-99 of 100"]);
});

test("a zoomed answer that comes after the zoom was left does not stay", async () => {
  const chart = chartOf(1000);
  chart.settings.window = [40, 60];
  await chart.load();
  assert.deepEqual(spans(chart), ["still 40-60 of 21", "grows 40-60 of 21"]);
  let open;
  server.gate = new Promise((resolve) => (open = resolve));
  server.revision += 1;
  const poll = chart.load();
  chart.settings.window = null;
  open();
  await poll;
  await chart.load();
  server.revision += 1;
  await chart.load();
  assert.deepEqual(spans(chart), ["still 0-99 of 100", "grows 0-99 of 100"]);
});

test("rows that were made for a narrow plot do not stay in a wide one", async () => {
  const chart = chartOf(500);
  await chart.load();
  assert.deepEqual(spans(chart), ["still 0-90 of 10", "grows 0-90 of 10"]);
  chart.plot.clientWidth = 1500;
  await chart.load();
  server.revision += 1;
  await chart.load();
  assert.deepEqual(spans(chart), ["still 0-99 of 100", "grows 0-99 of 100"]);
});

test("a plot that became wider fetches the points it has room for", async () => {
  const chart = chartOf(500);
  await chart.load();
  Object.assign(chart, { width: 500, plot: { clientWidth: 1500 } });
  chart.frame.runs[0].sampled = 10;
  chart.resized();
  await new Promise((resolve) => setTimeout(resolve, 400));
  assert.deepEqual(spans(chart), ["still 0-99 of 100", "grows 0-99 of 100"]);
});

test("rows over another axis than the one asked for are not kept", async () => {
  const chart = chartOf(1000);
  chart.element.dataset.frame = "http://site/f?key=loss&x=epoch&else=step";
  await chart.load();
  await chart.load();
  assert.equal(server.asked.at(-1).searchParams.get("have"), null);
});
