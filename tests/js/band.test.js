import assert from "node:assert/strict";
import test from "node:test";
import { bandOf, halfWidth, t975, valueAt } from "../../static/js/charts/band.js";

const run = (x, y) => ({ x: Float64Array.from(x), y: Float64Array.from(y) });

test("quantiles of t agree with the tables", () => {
  for (const [df, value] of [[1, 12.7062], [4, 2.7764], [10, 2.2281], [11, 2.201], [20, 2.086], [30, 2.0423], [120, 1.9799]]) {
    assert.ok(Math.abs(t975(df) - value) < 5e-4, `df ${df}: ${t975(df)}`);
  }
});

test("a line has values between its points and none outside", () => {
  const [x, y] = [[0, 10, 20], [0, 1, NaN]];
  assert.equal(valueAt(x, y, 5), 0.5);
  assert.equal(valueAt(x, y, 10), 1);
  assert.ok(Number.isNaN(valueAt(x, y, 15)));
  assert.ok(Number.isNaN(valueAt(x, y, 21)));
  assert.ok(Number.isNaN(valueAt([], [], 0)));
});

test("mean and 95 % interval of three runs on the same steps", () => {
  const band = bandOf([run([0, 1], [1, 2]), run([0, 1], [2, 2]), run([0, 1], [3, 2])]);
  assert.deepEqual([...band.x], [0, 1]);
  assert.deepEqual([...band.mean], [2, 2]);
  const half = (4.3027 * 1) / Math.sqrt(3);
  assert.ok(Math.abs(band.high[0] - 2 - half) < 1e-12);
  assert.ok(Math.abs(band.low[0] - 2 + half) < 1e-12);
  assert.equal(band.high[1], 2);
  assert.equal(band.n, 3);
});

test("steps that differ meet on a grid, and the mean ends with the last but one run", () => {
  const band = bandOf([run([0, 100], [0, 100]), run([0, 50], [0, 50]), run([0, 30, 60], [0, 30, 60])]);
  const last = band.x.filter((_, i) => Number.isFinite(band.mean[i])).at(-1);
  assert.ok(last <= 60 && last > 59);
  band.mean.forEach((value, i) => assert.ok(Number.isNaN(value) || Math.abs(value - band.x[i]) < 1e-9));
});

test("one run is its own mean and has no band", () => {
  const band = bandOf([run([0, 1], [1, 2])]);
  assert.deepEqual([...band.mean], [1, 2]);
  assert.deepEqual([...band.low], [NaN, NaN]);
  assert.equal(band.n, 1);
});

test("a run that broke is out of the mean from there on", () => {
  const band = bandOf([run([0, 1, 2], [1, 1, 1]), run([0, 1, 2], [3, 3, 3]), run([0, 1, 2], [5, NaN, NaN])]);
  assert.deepEqual([...band.mean], [3, 2, 2]);
});

test("sd is the spread, not the interval", () => {
  assert.equal(halfWidth([1, 2, 3], 2, "sd"), 1);
  assert.ok(Number.isNaN(halfWidth([1], 1, "ci")));
});

test("a mean stops where fewer than half of its runs are left", () => {
  const steps = [0, 1, 2, 3];
  const broken = [9, 90, NaN, NaN];
  const band = bandOf([run(steps, [1, 1, 1, 1]), run(steps, [1, 1, 1, 1]), run(steps, [1, 1, 1, NaN]), run(steps, broken), run(steps, broken)]);
  assert.deepEqual([...band.counts], [5, 5, 3, 2]);
  assert.deepEqual([...band.mean.slice(0, 3)], [4.2, 36.6, 1]);
  assert.ok(Number.isNaN(band.mean[3]));
});

const averaged = (x, y, average) => ({ ...run(x, y), average });
const CELLS = Float64Array.of(1, 3, 5);

test("of sampled runs mean, sd and interval are of their averages, whatever they draw", () => {
  const drawn = [averaged([0, 4], [-9, 9], { x: CELLS, y: Float32Array.of(1, 2, 3) }), averaged([1, 6], [-7, 70], { x: CELLS, y: Float32Array.of(3, 2, NaN) })];
  const band = bandOf(drawn, "sd");
  assert.deepEqual([...band.x], [1, 3, 5]);
  assert.deepEqual([...band.mean], [2, 2, NaN]);
  assert.deepEqual([...band.counts], [2, 2, 1]);
  const close = (got, wanted) => got.forEach((value, i) => assert.ok(Object.is(value, wanted[i]) || Math.abs(value - wanted[i]) < 1e-12));
  close(band.high, [2 + Math.SQRT2, 2, NaN]);
  close(bandOf(drawn, "ci").high, [2 + (12.7062 * Math.SQRT2) / Math.SQRT2, 2, NaN]);
});

test("the spread of noise is that of its averages and not of its extremes", () => {
  let seed = 1;
  const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  const noise = () => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
  const [buckets, points] = [200, 64];
  const x = Float64Array.from({ length: buckets }, (_, i) => i);
  const runs = Array.from({ length: 8 }, () => {
    const all = Array.from({ length: buckets }, () => Array.from({ length: points }, noise));
    const y = all.flatMap((some) => [Math.min(...some), Math.max(...some)]);
    const mean = Float32Array.from(all, (some) => some.reduce((a, b) => a + b) / points);
    return averaged(y.map((_, i) => i / 2), y, { x, y: mean });
  });
  const meanOf = (values) => values.reduce((a, b) => a + b) / values.length;
  const sd = (of) => { const { mean, high } = bandOf(of, "sd"); return Math.sqrt(meanOf([...mean.keys()].map((i) => (high[i] - mean[i]) ** 2))); };
  assert.ok(Math.abs(sd(runs) * Math.sqrt(points) - 1) < 0.05, `${sd(runs)}`);
  const band = bandOf(runs, "minmax");
  const ends = [Math.min(...runs.flatMap(({ y }) => [...y])), Math.max(...runs.flatMap(({ y }) => [...y]))];
  assert.deepEqual([Math.min(...band.low), Math.max(...band.high)], ends);
});

test("a spike between two steps of the mean stands in the band of extremes, at the nearer one", () => {
  const flat = { x: CELLS, y: Float32Array.of(0, 0, 0) };
  const band = bandOf([averaged([0, 3.5, 6], [0, 99, 0], flat), averaged([0, 4.5, 6], [0, -5, NaN], flat)], "minmax");
  assert.equal(band.high[1], 99);
  assert.equal(band.low[2], -5);
  assert.deepEqual([...band.mean], [0, 0, 0]);
});

test("the extremes of runs drawn by all their points are theirs at each step, and end with the mean", () => {
  const band = bandOf([run([0, 1, 2], [1, 5, 2]), run([0, 1, 2], [2, NaN, NaN]), run([0, 1, 2], [3, 4, NaN])], "minmax");
  assert.deepEqual([[...band.low], [...band.high]], [[1, 4, NaN], [3, 5, NaN]]);
});
