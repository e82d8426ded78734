import assert from "node:assert/strict";
import test from "node:test";
import { batchesOf } from "../../static/js/charts/batches.js";
import { haveText, knownIn, wholeFrame } from "../../static/js/charts/known.js";

const run = (uid, revision, ...rows) => ({ uid, revision, name: uid, total: rows.length, x: Float64Array.from(rows.keys()), y: Float64Array.from(rows) });
const base = { key: "loss", hidden: 1, runs: [run("a", 1, 5, 6), run("b", 4, 7)], without: { c: 9 } };

test("what a frame tells of is known, runs without the metric too", () => {
  assert.deepEqual([...knownIn(base)], [["a", 1], ["b", 4], ["c", 9]]);
  assert.deepEqual([...knownIn({ runs: [] })], []);
  assert.equal(knownIn({ runs: [{ ...run("a", 1), average: { x: [], y: [] } }] }), null);
});

test("charts that ask together have what all of them agree on", () => {
  assert.equal(haveText([knownIn(base)]), "a.1-b.4-c.9");
  assert.equal(haveText([knownIn(base), new Map([["c", 9], ["a", 2], ["b", 4]])]), "b.4-c.9");
  const asked = (knowns) => batchesOf(knowns.map((known, i) => ({ address: `http://s/f?width=4&key=k${i}`, known }))).map(({ address }) => address);
  assert.deepEqual(asked([knownIn(base), knownIn(base)]), ["http://s/f?width=4&key=k0&key=k1&have=a.1-b.4-c.9"]);
  assert.deepEqual(asked([knownIn(base), null]), ["http://s/f?width=4&key=k0&have=a.1-b.4-c.9", "http://s/f?width=4&key=k1"]);
});

test("a frame is made whole with the rows that were not sent again", () => {
  const sent = { key: "loss", hidden: 1, without: {}, runs: [run("a", 2, 5, 6, 8), { uid: "b", revision: 4, name: "renamed", same: true }, { uid: "c", revision: 9, same: true }] };
  const whole = wholeFrame(sent, base);
  assert.deepEqual(whole.runs.map(({ uid, name, revision, total, y }) => [uid, name, revision, total, [...y]]), [
    ["a", "a", 2, 3, [5, 6, 8]],
    ["b", "renamed", 4, 1, [7]],
  ]);
  assert.equal(whole.hidden, 2);
  assert.deepEqual([...knownIn(whole)], [["a", 2], ["b", 4], ["c", 9]]);
  assert.ok(whole.runs.every((one) => !("same" in one)));
});

test("rows that are kept do not keep the answer they came in", () => {
  const buffer = new Float64Array([1, 2, 3, 4]);
  const before = { ...base, runs: [{ ...run("b", 4), x: buffer.subarray(0, 2), y: buffer.subarray(2) }] };
  const [kept] = wholeFrame({ key: "loss", hidden: 0, runs: [{ uid: "b", revision: 4, same: true }] }, before).runs;
  assert.deepEqual([[...kept.x], [...kept.y]], [[1, 2], [3, 4]]);
  assert.ok(kept.y.buffer.byteLength === 16 && kept.x.buffer.byteLength === 16);
});
