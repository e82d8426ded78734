import assert from "node:assert/strict";
import test from "node:test";
import { changesBetween } from "../../static/js/changes.js";

const runs = (a, b = [1, "running"]) => ({ a, b });

test("nothing is new the first time", () => {
  const { moved, project } = changesBetween(null, { project: 7, runs: runs([3, "running"]) });
  assert.deepEqual([moved.size, project], [0, false]);
});

test("a revision that moved is a change, an equal one is none", () => {
  const { moved } = changesBetween({ project: 7, runs: runs([3, "running"]) }, { project: 7, runs: runs([4, "running"]) });
  assert.deepEqual([...moved], ["a"]);
});

test("a run met later has not changed, the project has", () => {
  const before = { project: 7, runs: { a: [3, "running"] } };
  const { moved, project } = changesBetween(before, { project: 8, runs: runs([3, "running"]) });
  assert.deepEqual([moved.size, project], [0, true]);
});
