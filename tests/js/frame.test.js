import assert from "node:assert/strict";
import test from "node:test";
import { decodeFrames } from "../../static/js/frame.js";

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
  const [{ runs, key }] = decodeFrames(frame(header(), Float64Array.of(0, 1, 2 ** 40), Float32Array.of(9, 0.5, NaN)));
  assert.equal(key, "loss");
  assert.equal(runs[0].name, "ä");
  assert.deepEqual([...runs[0].x], [1, 2 ** 40]);
  assert.deepEqual([...runs[0].y], [0.5, NaN]);
  assert.ok(runs[0].y instanceof Float32Array);
});

test("values may be eight bytes wide, and minus zero stays", () => {
  const [{ runs }] = decodeFrames(frame(header("<f8"), Float64Array.of(0, 1, 2), Float64Array.of(0, 0.1, -0)));
  assert.equal(runs[0].y[0], 0.1);
  assert.ok(Object.is(runs[0].y[1], -0));
});

test("each run of a group has its average over the cells that all share", () => {
  const columns = { cell: { dtype: "<f8", offset: 40, length: 2 }, mean: { dtype: "<f4", offset: 56, length: 4 } };
  const of = header();
  const grouped = { ...of, columns: { ...of.columns, ...columns }, runs: [RUN, { ...RUN, uid: "b" }] };
  const rows = [Float64Array.of(0, 1, 2), Float32Array.of(1, 2, 3, 0), Float64Array.of(0.5, 1.5), Float32Array.of(1, 2, 3, NaN)];
  const [{ runs }] = decodeFrames(frame(grouped, ...rows));
  assert.deepEqual(runs.map(({ average }) => [[...average.x], [...average.y]]), [[[0.5, 1.5], [1, 2]], [[0.5, 1.5], [3, NaN]]]);
  assert.equal(decodeFrames(frame(header(), Float64Array.of(0, 1, 2), Float32Array.of(1, 2, 3)))[0].runs[0].average, undefined);
});

test("no run is a frame too", () => {
  assert.deepEqual(decodeFrames(frame({ ...header("<f4", 0, 0), runs: [] }))[0].runs, []);
});

test("frames follow each other, each at a multiple of eight bytes", () => {
  const padded = [Float64Array.of(0, 1, 2), Float32Array.of(1, 2, 3), Float32Array.of(0)]; // columns end at a multiple of eight
  const parts = ["a", "bb"].map((key) => Buffer.from(frame({ ...header(), key }, ...padded)));
  const all = Buffer.concat([...parts, Buffer.from(frame({ ...header("<f4", 0, 0), key: "none", runs: [] })), parts[0]]);
  const whole = all.buffer.slice(all.byteOffset, all.byteOffset + all.length);
  const frames = decodeFrames(whole);
  assert.deepEqual(frames.map(({ key }) => key), ["a", "bb", "none", "a"]);
  assert.deepEqual(frames.map(({ runs }) => runs.flatMap(({ y }) => [...y])), [[2, 3], [2, 3], [], [2, 3]]);
  assert.throws(() => decodeFrames(whole.slice(0, -16)), /cut short/);
  assert.throws(() => decodeFrames(whole.slice(0, -parts[0].length + 4)), /not a chart frame/);
});

test("anything else is refused in words", () => {
  const whole = frame(header(), Float64Array.of(0, 1, 2), Float32Array.of(1, 2, 3));
  assert.throws(() => decodeFrames(whole.slice(0, whole.byteLength - 1)), /cut short/);
  assert.throws(() => decodeFrames(whole.slice(0, 20)), /cut short/);
  assert.throws(() => decodeFrames(new ArrayBuffer(0)), /not a chart frame/);
  assert.throws(() => decodeFrames(new TextEncoder().encode("<!doctype html>").buffer), /not a chart frame/);
  assert.throws(() => decodeFrames(frame(header("<i2"), Float64Array.of(0, 1, 2), Float32Array.of(1, 2, 3))), /<i2/);
});
