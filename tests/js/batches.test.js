import assert from "node:assert/strict";
import test from "node:test";
import { batchesOf } from "../../static/js/charts/batches.js";

const at = (path) => ({ address: `http://site/${path}` });
const asked = (paths) => batchesOf(paths.map(at)).map(({ address, keys }) => [address.slice("http://site/".length), keys]);

test("metrics of the same runs are asked for together, each once and in order", () => {
  assert.deepEqual(asked(["r/frame?key=a%2Fb&width=400", "r/frame?key=c&width=400", "r/frame?key=a%2Fb&width=400"]), [
    ["r/frame?width=400&key=a%2Fb&key=c", ["a/b", "c"]],
  ]);
  const [batch] = batchesOf([{ ...at("r/frame?key=a"), name: 1 }, { ...at("r/frame?key=a"), name: 2 }]);
  assert.deepEqual(batch.asked.map(({ key, name }) => [key, name]), [["a", 1], ["a", 2]]);
});

test("other runs, another width and other steps are asked for by themselves", () => {
  const paths = ["r/frame?width=400&key=a", "s/frame?width=400&key=a", "r/frame?width=500&key=a", "r/frame?width=400&first=1&last=2&key=a"];
  assert.deepEqual(asked(paths).map(([path]) => path), paths);
});

test("a frame that is named by its address alone is asked alone", () => {
  assert.deepEqual(asked(["v/1/frame?width=400", "v/1/frame?width=400"]), [["v/1/frame?width=400", [null]], ["v/1/frame?width=400", [null]]]);
});

test("requests are bounded in charts, in width and in length", () => {
  const many = (count, width, key = "k") => asked(Array.from({ length: count }, (_, i) => `r/frame?width=${width}&key=${key}${i}`));
  assert.deepEqual(many(45, 400).map(([, keys]) => keys.length), [20, 20, 5]);
  assert.deepEqual(many(25, 2000).map(([, keys]) => keys.length), [10, 10, 5]);
  const long = many(40, 400, "ü".repeat(190));
  assert.ok(long.length > 10 && long.every(([address]) => address.length <= 4000));
  assert.equal(long.reduce((sum, [, keys]) => sum + keys.length, 0), 40);
});
