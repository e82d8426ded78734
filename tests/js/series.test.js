import assert from "node:assert/strict";
import test from "node:test";
import { factsOf } from "../../static/js/charts/foot.js";
import { spread } from "../../static/js/charts/labels.js";
import { rangeOf } from "../../static/js/charts/range.js";
import { modelOf, windowed } from "../../static/js/charts/series.js";
import { smoothed } from "../../static/js/charts/smooth.js";
import { thinned } from "../../static/js/charts/table.js";

const SETTINGS = { smooth: 0, log: false, band: "", grouped: false, whole: false, window: null };
const PLAIN = { slot: 1, group: null, bad: [] };
const run = (name, x, y, more = {}) => ({ ...PLAIN, uid: name, name, total: x.length, x: Float64Array.from(x), y: Float64Array.from(y), ...more });
const model = (runs, more = {}) => modelOf({ key: "loss", runs }, { ...SETTINGS, ...more });

test("a line is cut where the window cuts it", () => {
  const cut = windowed({ x: Float64Array.of(0, 10, 20), y: Float64Array.of(0, 10, 20) }, 5, 15);
  assert.deepEqual([...cut.x], [5, 10, 15]);
  assert.deepEqual([...cut.y], [5, 10, 15]);
  assert.deepEqual([...windowed({ x: Float64Array.of(0, 10), y: Float64Array.of(0, 10) }, 2, 4).y], [2, 4]);
});

test("names stand at the ends of six lines, of seven only the baseline's", () => {
  const lines = (n) => Array.from({ length: n }, (_, i) => run(`r${i}`, [0, 1], [i, i], { slot: i }));
  assert.equal(model(lines(6)).ends.length, 6);
  assert.deepEqual(model(lines(7)).ends.map(({ name }) => name), ["r0"]);
  assert.equal(model(lines(1)).ends.length, 0);
});

test("a group of one says so", () => {
  const pair = [run("a", [0, 1], [1, 1], { group: "4k" }), run("b", [0, 1], [2, 2], { group: "4k" })];
  const groups = [...pair, run("c", [0, 1], [3, 3], { group: "16k", slot: 2 })];
  const drawn = model(groups, { grouped: true, band: "ci" });
  assert.deepEqual(drawn.ends.map(({ name }) => name), ["4k", "16k n=1"]);
  assert.equal(drawn.bands.length, 1);
  assert.deepEqual(drawn.lines.filter((line) => line.mean).map((line) => [...line.y]), [[1.5, 1.5], [3, 3]]);
});

test("a mean that outlived a run of its group says so at its end", () => {
  const members = [[1, 1], [1, 1], [7, NaN]].map((y, i) => run(`s${i}`, [0, 1], y, { group: "4k" }));
  assert.deepEqual(model(members, { grouped: true }).ends.map(({ name, y }) => [name, y]), [["4k n=2 of 3", 1]]);
});

const X = Float64Array.of(1, 3, 5, 7);
const sampled = (name, y, more) => run(name, [0, 8], [-50, 50], { group: "4k", sampled: 4, total: 400, badTotal: 0, average: { x: X, y: Float32Array.from(y) }, ...more });

test("a group of sampled runs has the mean of their averages, cut where the window cuts them", () => {
  const members = [sampled("a", [1, 1, 1, 1]), sampled("b", [3, 3, 3, NaN])];
  const mean = (more) => model(members, { grouped: true, band: "sd", ...more }).lines.find((line) => line.mean);
  assert.deepEqual([[...mean().x], [...mean().y]], [[1, 3, 5, 7], [2, 2, 2, NaN]]);
  const near = mean({ window: [2, 6] });
  assert.deepEqual([[...near.x], [...near.y], near.n], [[2, 3, 5, 6], [2, 2, 2, NaN], 2]);
});

test("averages are smoothed as far in x as the lines that are drawn", () => {
  const [one] = model([sampled("a", [0, 8, 8, 8])], { grouped: true, smooth: 0.5, units: new Map([["a", 2]]) }).lines.filter((line) => line.mean);
  assert.deepEqual([...one.y], [...smoothed(X, [0, 8, 8, 8], 0.5, 2)]);
});

test("sampled runs of a group are their averages within the edge of all extremes; a run's own extremes wait to be lit", () => {
  const members = [sampled("a", [1, 1, 1, 1]), sampled("b", [3, 3, 3, 3]), sampled("c", [2, 2, 2, 2], { y: Float64Array.of(2, 2), sampled: 1 })];
  const { lines, bands } = model(members, { grouped: true, band: "ci", smooth: 0.5 });
  const looks = lines.map(({ name, y, alpha, raw }) => [name, y[0], alpha, Boolean(raw)]);
  const own = [["a", -50, 0, true], ["a", 1, 0.2, false], ["b", -50, 0, true], ["b", 3, 0.2, false], ["c", 2, 0.2, false], ["4k", 2, 1, false]];
  assert.deepEqual(looks, own);
  assert.deepEqual(bands.map(({ look, low, high }) => [look, Math.min(...low), Math.max(...high)])[0], ["edge", -50, 50]);
  assert.deepEqual(bands.map(({ look }) => look), ["edge", "fill"]);
  assert.deepEqual(model(members, { grouped: true, band: "minmax" }).bands.map(({ look }) => look), ["both"]);
  assert.deepEqual(model(members.slice(0, 1), { grouped: true }).bands.map(({ look, n }) => [look, n]), [["edge", 1]]);
});

test("the foot says over how many points each run of a group is averaged", () => {
  const facts = (runs, settings) => factsOf({ x: "step", runs, hidden: 0 }, null, { ...SETTINGS, grouped: true, ...settings });
  const members = [sampled("a", [1, 1, 1, 1]), sampled("b", [3, 3, 3, NaN], { total: 301, badTotal: 1 })];
  const said = ["2 runs", "sampled 1 : 4", "mean and band of averages over 100 points, thin edge min to max", "1 value not finite"];
  assert.deepEqual(facts(members, { band: "sd" }), said);
  assert.deepEqual(facts(members, { grouped: false }), said.toSpliced(2, 1));
  assert.deepEqual(facts([run("a", [0], [1], { sampled: 1, badTotal: 0 })], { band: "ci" }), ["every point shown"]);
});

test("smoothing keeps the raw line under it", () => {
  const { lines } = model([run("a", [0, 1, 2], [0, 10, 0])], { smooth: 0.6 });
  assert.deepEqual(lines.map(({ raw, alpha }) => [Boolean(raw), alpha]), [[true, 0.2], [false, 1]]);
  assert.deepEqual([...lines[0].y], [0, 10, 0]);
});

test("a value that is not finite is marked at the last finite point, in words once per run", () => {
  const bad = [{ step: 2, kind: "nan", last: [1, 0.5] }, { step: 3, kind: "inf", last: [1, 0.5] }];
  const { marks } = model([run("a", [0, 1, 2, 3], [1, 0.5, NaN, Infinity], { bad })]);
  assert.deepEqual(marks.map(({ x, y, text }) => [x, y, text]), [[1, 0.5, "NaN at 2"], [1, 0.5, ""]]);
});

test("a run that never had a finite value is marked on the floor", () => {
  const { marks } = model([run("a", [0], [NaN], { bad: [{ step: 0, kind: "-inf", last: null }] }), run("b", [0, 1], [1, 2])]);
  assert.deepEqual(marks.map(({ x, y, text }) => [x, y, text]), [[0, null, "−Inf at 0"]]);
});

test("a point alone between gaps is a dot", () => {
  const { dots } = model([run("a", [0, 1, 2, 3, 4], [1, 1, NaN, 5, NaN]), run("b", [0], [7])]);
  assert.deepEqual(dots.map(({ x, y }) => [x, y]), [[3, 5], [0, 7]]);
});

test("a log axis leaves out what is not above 0 and counts it", () => {
  const drawn = model([run("a", [0, 1, 2], [1, 0, -1])], { log: true });
  assert.equal(drawn.dropped, 2);
  assert.deepEqual([...drawn.lines[0].y], [1, NaN, NaN]);
});

test("nothing finite has no range", () => {
  assert.equal(model([run("a", [0], [NaN])]).y, null);
  assert.equal(model([]).y, null);
});

const STEPS = Array.from({ length: 100 }, (_, i) => i);

test("the steep start of a loss runs out of the frame, and the points outside are counted", () => {
  const y = STEPS.map((step) => (step < 3 ? 100 : 1 + (step % 2)));
  const range = rangeOf([{ x: STEPS, y }], { x0: 0, x1: 99 });
  assert.ok(range.high < 3);
  assert.equal(range.outside, 3);
  assert.equal(rangeOf([{ x: STEPS, y }], { x0: 0, x1: 99, whole: true }).outside, 0);
});

test("a loss that falls from its first value is shown from there, early in the run and at its end", () => {
  const y = STEPS.map((step) => 2.3 * Math.exp(-step / 12));
  for (const last of [24, 50, 99]) {
    const range = rangeOf([{ x: STEPS.slice(0, last + 1), y: y.slice(0, last + 1) }], { x0: 0, x1: last });
    assert.ok(range.high > 2.3);
    assert.equal(range.outside, 0);
  }
});

test("a steep start of a tenth of the points is no start: nothing is clipped", () => {
  const y = STEPS.map((step) => (step < 10 ? 100 : 1 + (step % 2)));
  assert.equal(rangeOf([{ x: STEPS, y }], { x0: 0, x1: 99 }).outside, 0);
});

test("a spike later on stays: it is what one looks for", () => {
  const y = STEPS.map((step) => (step === 50 ? 100 : 1));
  const range = rangeOf([{ x: STEPS, y }], { x0: 0, x1: 99 });
  assert.ok(range.high > 100);
  assert.equal(range.outside, 0);
});

test("few points are never clipped", () => {
  assert.ok(rangeOf([{ x: [0, 1, 2], y: [100, 2, 1] }], { x0: 0, x1: 2 }).high > 100);
});

test("a constant has a frame around it", () => {
  const range = rangeOf([{ x: [0, 1], y: [5, 5] }], { x0: 0, x1: 1 });
  assert.ok(range.low < 5 && range.high > 5);
});

test("labels keep their order and their distance", () => {
  assert.deepEqual(spread([0, 100], 14), [0, 100]);
  assert.deepEqual(spread([10, 12], 14), [4, 18]);
  assert.deepEqual(spread([12, 10, 11], 14), [25, -3, 11]);
  assert.deepEqual(spread([0, 1], 14, 7, 100), [7, 21]);
});

test("a long table keeps its first and last row", () => {
  const kept = thinned(STEPS, 10);
  assert.equal(kept.length, 10);
  assert.deepEqual([kept[0], kept.at(-1)], [0, 99]);
});

test("an explosion of one run does not flatten the others, and is counted", () => {
  const calm = run("calm", [...Array(100).keys()], Array.from({ length: 100 }, (_, i) => 2 - i / 100));
  const wild = run("wild", [50, 51, 52], [2, 3, 1e12]);
  const lines = [calm, wild].map(({ x, y }) => ({ x, y, raw: true }));
  const range = rangeOf(lines, { x0: 0, x1: 99 });
  assert.ok(range.high < 4);
  assert.equal(range.outside, 2);
  assert.ok(rangeOf(lines, { x0: 0, x1: 99, whole: true }).high >= 1e12);
});
