import assert from "node:assert/strict";
import test from "node:test";
import { smoothed, unitOf } from "../../static/js/charts/smooth.js";

const near = (a, b) => assert.ok(Math.abs(a - b) < 1e-12, `${a} is not ${b}`);

test("on even steps it is the debiased moving average", () => {
  const out = smoothed([0, 1, 2], [1, 2, 4], 0.5);
  near(out[0], 1);
  near(out[1], (0.5 * 1 + 2) / 1.5);
  near(out[2], (0.25 * 1 + 0.5 * 2 + 4) / 1.75);
});

test("a constant stays what it is, from the first point on", () => {
  for (const value of smoothed([0, 5, 6, 60], [3, 3, 3, 3], 0.9)) near(value, 3);
});

test("a gap of two steps forgets twice as much", () => {
  // weights: 0.5 for the first value, times 0.5 ** 2 over the gap; 1 - 0.5 ** 2 for the second
  const out = smoothed([0, 2], [0, 1], 0.5, 1);
  near(out[1], 0.75 / (0.5 * 0.25 + 0.75));
});

test("a NaN stays a NaN and harms no neighbour", () => {
  const out = smoothed([0, 1, 2], [1, NaN, 1], 0.9);
  assert.deepEqual([...out], [1, NaN, 1]);
});

test("the unit is the mean distance of points", () => {
  assert.equal(unitOf([0, 2, 8]), 4);
  assert.equal(unitOf([5]), 1);
  assert.equal(unitOf([]), 1);
});
