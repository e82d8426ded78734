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
