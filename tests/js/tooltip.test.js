import assert from "node:assert/strict";
import test from "node:test";

// tooltip.js listens to the page where a run's name is hovered; under node there is none
globalThis.document = { addEventListener() {} };
const { besidePoint } = await import("../../static/js/charts/tooltip.js");

const GEOMETRY = { toX: (px) => px, ofY: (value) => value };
const [TIP, ROOM] = [{ width: 40, height: 20 }, { width: 200, height: 100 }];
const put = (ofStep, px) => {
  const x = Float64Array.from({ length: 201 }, (_, i) => i);
  const y = x.map(ofStep);
  return besidePoint({ line: { x, y }, x: px, y: y[px] }, GEOMETRY, px, TIP, ROOM);
};

test("the tip stands above a level line, below it where there is no room above", () => {
  assert.deepEqual(put(() => 50, 100), [112, 18]);
  assert.deepEqual(put(() => 10, 100), [112, 22]);
});

test("the tip stands on the side to which a steep line does not go", () => {
  assert.deepEqual(put((step) => 150 - step, 100), [48, 18]);
});
