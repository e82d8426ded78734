import assert from "node:assert/strict";
import test from "node:test";
import { concernedBy, isBehind } from "../../static/js/changes.js";

const frame = (...revisions) => ({ runs: revisions.map((revision, i) => ({ uid: "abc"[i], revision })) });

test("a frame is behind when one of its runs has moved since it was made", () => {
  assert.equal(isBehind(frame(3, 1), { a: [3, "running"], b: [1, "running"] }), false);
  assert.equal(isBehind(frame(3, 1), { a: [3, "running"], b: [2, "running"] }), true);
});

test("a frame is not behind a run of which nothing was heard", () => {
  assert.equal(isBehind(frame(3), { b: [2, "running"] }), false);
});

const NOW = { now: 100_000, idle: 15_000 };
const fresh = { frame: frame(3), loaded: 99_000 };
const behind = { frame: frame(2), loaded: 99_000 };
const old = { frame: frame(3), loaded: 80_000 };
const coming = { frame: null, loaded: 99_900 };
const runs = { a: [3, "running"] };

test("only a chart that is behind is fetched while the project stands", () => {
  assert.deepEqual(concernedBy([fresh, behind, old, coming], { runs, moved: false, ...NOW }), [behind]);
});

test("a project that moved without a known run may have another run for every chart", () => {
  assert.deepEqual(concernedBy([fresh, old], { runs, moved: true, ...NOW }), [fresh, old]);
});

test("a project that moved with a known run is asked by what is behind, and by what was not asked for long", () => {
  assert.deepEqual(concernedBy([fresh, behind, old], { runs, moved: true, ...NOW }), [behind, old]);
});
