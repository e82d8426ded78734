import assert from "node:assert/strict";
import test from "node:test";
import { decodeFrame } from "../../static/js/frame.js";

/** A frame by the contract: magic, header length, padded header, columns. */
function frame(header, ...columns) {
  let text = JSON.stringify(header);
  while ((8 + Buffer.byteLength(text)) % 8) text += " ";
  const head = Buffer.alloc(8);
  head.write("LLF1");
  head.writeUInt32LE(Buffer.byteLength(text), 4);
  const all = Buffer.concat([head, Buffer.from(text), ...columns.map((column) => Buffer.from(column.buffer))]);
  return all.buffer.slice(all.byteOffset, all.byteOffset + all.length);
}

const RUN = { uid: "a", name: "ä", slot: 1, bad: [], offset: 1, length: 2 };

function header(type = "<f4", x = 3, y = 3) {
  const columns = { x: { dtype: "<f8", offset: 0, length: x }, y: { dtype: type, offset: 8 * x, length: y } };
  return { key: "loss", revision: "1", columns, runs: [RUN] };
}

test("each run gets its rows of the columns", () => {
  const { runs, key } = decodeFrame(frame(header(), Float64Array.of(0, 1, 2 ** 40), Float32Array.of(9, 0.5, NaN)));
  assert.equal(key, "loss");
  assert.equal(runs[0].name, "ä");
  assert.deepEqual([...runs[0].x], [1, 2 ** 40]);
  assert.deepEqual([...runs[0].y], [0.5, NaN]);
  assert.ok(runs[0].y instanceof Float32Array);
});

test("values may be eight bytes wide, and minus zero stays", () => {
  const { runs } = decodeFrame(frame(header("<f8"), Float64Array.of(0, 1, 2), Float64Array.of(0, 0.1, -0)));
  assert.equal(runs[0].y[0], 0.1);
  assert.ok(Object.is(runs[0].y[1], -0));
});

test("no run is a frame too", () => {
  assert.deepEqual(decodeFrame(frame({ ...header("<f4", 0, 0), runs: [] })).runs, []);
});

test("anything else is refused in words", () => {
  const whole = frame(header(), Float64Array.of(0, 1, 2), Float32Array.of(1, 2, 3));
  assert.throws(() => decodeFrame(whole.slice(0, whole.byteLength - 1)), /cut short/);
  assert.throws(() => decodeFrame(whole.slice(0, 20)), /cut short/);
  assert.throws(() => decodeFrame(new ArrayBuffer(0)), /not a chart frame/);
  assert.throws(() => decodeFrame(new TextEncoder().encode("<!doctype html>").buffer), /not a chart frame/);
  assert.throws(() => decodeFrame(frame(header("<i2"), Float64Array.of(0, 1, 2), Float32Array.of(1, 2, 3))), /<i2/);
});
