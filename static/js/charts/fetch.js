/* Gets frames. Charts that ask at one moment for metrics of the same runs share a request: their addresses differ in `key` only.
   What can go wrong is an Error whose message a reader can use. */
import { decodeFrames } from "../frame.js";
import { axisOf } from "./axis.js";
import { batchesOf } from "./batches.js";
import { knownIn, wholeFrame } from "./known.js";

const LIMIT = 10000;
const WORDS = {
  0: "you are signed out. Load the page again.", // a redirect to the door
  401: "you are signed out. Load the page again.",
  403: "your role does not allow it.",
  404: "its data is gone, or not yours to see.",
};

async function wordOf(response) {
  try {
    return (await response.json()).error.message;
  } catch {
    return WORDS[response.status] ?? `the server answered ${response.status}.`;
  }
}

/** The address of a frame for a plot `width` px wide, of what lies in `window` on the axis `x` that it is drawn over, if there is one. */
export function frameAddress(address, { width, window: edges, x }) {
  const url = new URL(address, location.href);
  url.searchParams.set("width", String(Math.max(100, Math.ceil(width / 100) * 100)));
  if (edges) {
    const [first, last] = axisOf(x).edges(edges);
    if (url.searchParams.has("x")) url.searchParams.set("x", x); // which may be another than asked for: `else` of docs/frame.md
    url.searchParams.set("first", String(first));
    url.searchParams.set("last", String(last));
  }
  return url.href;
}

let waiting = []; // {address, known, signal, done, failed} of the charts that ask at this moment

/** -> decoded frame; of `base`, the frame that this address gave before, only what changed travels. Rejects with "The chart did not
    load: …", or with an AbortError when `signal` says so. */
export async function fetchFrame(address, signal, base = null) {
  const frame = await new Promise((done, failed) => {
    if (!waiting.length) queueMicrotask(send);
    waiting.push({ address, known: base && knownIn(base), signal, done, failed });
  });
  return wholeFrame(frame, base);
}

function send() {
  for (const batch of batchesOf(waiting)) answer(batch);
  waiting = [];
}

/* A frame goes to those who asked for its key: one chart per animation frame, so that the page stays quick. */
async function answer({ address, keys, asked }) {
  const all = allOf(asked.map(({ signal }) => signal));
  try {
    const frames = await framesAt(address, keys.length, all);
    for (const [i, { key, done }] of asked.entries()) {
      if (i) await new Promise(requestAnimationFrame);
      done(frames[keys.indexOf(key)]);
    }
  } catch (error) {
    for (const { failed } of asked) failed(error);
  }
}

/* Aborted when each of `signals` is: one chart that changes its mind takes nothing from the others. */
function allOf(signals) {
  const all = new AbortController();
  const look = () => signals.every(({ aborted }) => aborted) && all.abort();
  for (const signal of signals) signal.addEventListener("abort", look, { once: true });
  look();
  return all.signal;
}

async function framesAt(address, count, signal) {
  const late = AbortSignal.timeout(LIMIT);
  let response;
  try {
    response = await fetch(address, { signal: AbortSignal.any([signal, late]), credentials: "same-origin", redirect: "manual" });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new Error(`The chart did not load: the server did not answer${late.aborted ? " in 10 s" : ""}.`);
  }
  if (!response.ok) throw new Error(`The chart did not load: ${await wordOf(response)}`);
  try {
    const frames = decodeFrames(await response.arrayBuffer());
    if (frames.length !== count) throw new Error(`${frames.length} of ${count} charts came`);
    return frames;
  } catch (error) {
    if (signal.aborted) throw error;
    throw new Error(`The chart did not load: ${error.message}.`);
  }
}
