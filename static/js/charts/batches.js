/* Which charts may share a request. */
import { haveText } from "./known.js";

const CHARTS = 20; // as the server has them (docs/frame.md)
const PIXELS = 20000; // of width, together
const LENGTH = 4000; // characters of an address, `have` not counted, which are some 2,000: proxies refuse longer ones

/** Charts [{address, known?: Map, …}] -> requests [{address, keys, asked: [{address, key, …}]}]: those whose addresses differ in `key` only are asked together,
    each key once, and those that have runs already apart from those that have none. An address without a key is asked alone. */
export function batchesOf(charts) {
  const open = new Map(); // address without its key -> the request that has room
  const batches = [];
  for (const chart of charts) {
    const url = new URL(chart.address);
    const key = url.searchParams.get("key");
    url.searchParams.delete("key");
    const rest = `${url.href} ${Boolean(chart.known)}`;
    let batch = key === null ? undefined : open.get(rest);
    if (!batch?.takes(key)) {
      batch = new Batch(url);
      batches.push(batch);
      if (key !== null) open.set(rest, batch);
    }
    batch.add(key, chart);
  }
  return batches;
}

class Batch {
  constructor(url) {
    this.url = url;
    this.keys = [];
    this.asked = [];
    this.most = Math.max(1, Math.min(CHARTS, Math.floor(PIXELS / (Number(url.searchParams.get("width")) || 1))));
  }

  takes(key) {
    return this.keys.includes(key) || (this.keys.length < this.most && this.url.href.length + encodeURIComponent(key).length < LENGTH);
  }

  add(key, chart) {
    if (!this.keys.includes(key)) {
      this.keys.push(key);
      if (key !== null) this.url.searchParams.append("key", key);
    }
    this.asked.push({ ...chart, key });
  }

  /* Each of the charts has the runs that are not asked for again. */
  get address() {
    const have = this.asked[0].known ? haveText(this.asked.map(({ known }) => known)) : "";
    return have ? `${this.url.href}&have=${have}` : this.url.href;
  }
}
