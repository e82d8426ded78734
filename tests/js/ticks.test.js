import assert from "node:assert/strict";
import test from "node:test";
import { figures, logTicks, niceTicks, tickLabels } from "../../static/js/charts/ticks.js";

test("ticks are round and lie inside", () => {
  assert.deepEqual(niceTicks(0, 100000, 5, true), [0, 20000, 40000, 60000, 80000, 100000]);
  assert.deepEqual(niceTicks(2.87, 3.42, 6), [2.9, 3, 3.1, 3.2, 3.3, 3.4]);
  assert.deepEqual(niceTicks(-1, 1, 4), [-1, -0.5, 0, 0.5, 1]);
  assert.deepEqual(niceTicks(0, 4, 5, true), [0, 1, 2, 3, 4]);
  assert.deepEqual(niceTicks(3, 3, 5), [3]);
});

test("labels share decimals and unit", () => {
  assert.deepEqual(tickLabels([0, 20000, 100000]), ["0", "20k", "100k"]);
  assert.deepEqual(tickLabels([0, 500, 1000, 1500]), ["0", "500", "1,000", "1,500"]);
  assert.deepEqual(tickLabels([0, 1e13, 2e13]), ["0", "1e13", "2e13"]);
  assert.deepEqual(tickLabels([2.9, 3, 3.1]), ["2.9", "3.0", "3.1"]);
  assert.deepEqual(tickLabels([-0.5, 0, 0.5]), ["−0.5", "0", "0.5"]);
  assert.deepEqual(tickLabels([0, 1e-4, 2e-4]), ["0", "1e-4", "2e-4"]);
  assert.deepEqual(tickLabels([1e6, 1.5e6, 2e6]), ["1.0M", "1.5M", "2.0M"]);
  assert.deepEqual(tickLabels([999.998, 999.999, 1000]), ["999.998", "999.999", "1000.000"]);
});

test("a log axis has powers of ten, finer where there are few", () => {
  assert.deepEqual(logTicks(1e-4, 100, 4), [1e-4, 1e-2, 1, 100]);
  assert.deepEqual(logTicks(0.4, 30, 4), [0.5, 1, 2, 5, 10, 20]);
  assert.deepEqual(logTicks(2.1, 2.4, 4), [2.1, 2.2, 2.3, 2.4]);
});

test("values are written as people write them", () => {
  const cases = [
    [2.92134, "2.921"], [178123, "178.1k"], [1250000, "1.25M"], [3e-4, "3e-4"], [-0.5, "−0.5"], [-3e-7, "−3e-7"], [0, "0"],
    [NaN, "NaN"], [Infinity, "Inf"], [-Infinity, "−Inf"], [1e20, "1e20"],
  ];
  for (const [value, text] of cases) assert.equal(figures(value), text);
});
