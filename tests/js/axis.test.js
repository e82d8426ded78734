import assert from "node:assert/strict";
import test from "node:test";
import { axisOf, duration, timeTicks } from "../../static/js/charts/axis.js";

test("durations are said in two units", () => {
  const cases = [[0.25, "0.25 s"], [45, "45 s"], [60, "1 min"], [125, "2 min 5 s"], [3600, "1 h"], [7500, "2 h 5 min"], [86400 * 3 + 3600, "3 d 1 h"]];
  for (const [seconds, words] of cases) assert.equal(duration(seconds), words);
  assert.equal(duration(3599.9), "1 h");
  assert.equal(duration(-90), "−1 min 30 s");
});

test("ticks of time are round in its own units", () => {
  assert.deepEqual(timeTicks(0, 0.4, 4), [0, 0.1, 0.2, 0.3, 0.4]);
  assert.deepEqual(timeTicks(3, 250, 5), [60, 120, 180, 240]);
  assert.deepEqual(timeTicks(0, 4 * 3600, 4), [0, 3600, 7200, 10800, 14400]);
  assert.deepEqual(timeTicks(0, 10 * 86400, 5).map((tick) => tick / 86400), [0, 2, 4, 6, 8, 10]);
  assert.deepEqual(timeTicks(100, 100 + 4 * 3600, 4, 1800), [1800, 5400, 9000, 12600]);
});

test("each axis has its words", () => {
  assert.deepEqual(axisOf("relative").words([0, 1800, 3600]), ["0", "30 min", "1 h"]);
  assert.deepEqual(axisOf().edges([0.5, 2.5]), [0, 3]);
  assert.deepEqual(axisOf("relative").edges([0.5, 2.5]), [0.5, 2.5]);
  assert.equal(axisOf("tokens").word, "tokens");
  assert.equal(axisOf("constructor").word, "constructor");
  const noon = new Date(2024, 4, 3, 12).getTime() / 1000;
  assert.deepEqual(axisOf("wall").words([noon - 12 * 3600, noon, noon + 3600]), ["3 May", "12:00", "13:00"]);
});
