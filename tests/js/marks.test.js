import assert from "node:assert/strict";
import test from "node:test";
import { clearOf, placedMarks } from "../../static/js/charts/marks.js";

const FRAME = { width: 96, height: 96, steps: [0, 96], scale: { to: (value) => value / 8, from: (part) => part * 8 } };
const placed = (marks) => placedMarks(marks, FRAME, (text) => text.length * 5);

test("a cross at the edge, above it or without a value stands inside the frame", () => {
  const marks = [[0, 8], [96, 25], [48, null]].map(([x, y]) => ({ x, y, text: "" }));
  assert.deepEqual(placed(marks).map(({ x, y }) => [x, y]), [[6, 7.5], [90, 7.5], [48, 0.5]]);
});

test("a word that would cover another goes, its cross stays", () => {
  const marks = [[24, 4], [25, 4], [26, 7]].map(([x, y]) => ({ x, y, text: "NaN" }));
  assert.deepEqual(placed(marks).map(({ text, x }) => [text, x]), [["NaN", 24], ["", 25], ["NaN", 26]]);
});

test("a word stands left of its cross where the frame ends", () => {
  const marks = [[20, 4], [90, 4]].map(([x, y]) => ({ x, y, text: "NaN" }));
  assert.deepEqual(placed(marks).map(({ dx }) => dx), [9, -24]);
});

test("a name moves under a word and another name, stays where nothing is and inside the frame", () => {
  const marks = placed([{ x: 24, y: 4, text: "NaN" }]);
  const names = [[24, 4], [25, 4], [24, 8], [24, 8]].map(([x, y]) => ({ x, y, text: "r0" }));
  assert.deepEqual(clearOf(names, marks, FRAME, (text) => text.length * 5).map(({ dy }) => dy), [-14, 14, 0, -14]);
});
