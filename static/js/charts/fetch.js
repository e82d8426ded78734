/* Gets one frame; what can go wrong is an Error whose message a reader can use. */
import { decodeFrame } from "../frame.js";

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

/** The address of a frame for a plot `width` px wide, of the steps in `window` if there is one. */
export function frameAddress(address, { width, window: steps }) {
  const url = new URL(address, location.href);
  url.searchParams.set("width", String(Math.max(100, Math.ceil(width / 100) * 100)));
  if (steps) {
    url.searchParams.set("first", String(Math.floor(steps[0])));
    url.searchParams.set("last", String(Math.ceil(steps[1])));
  }
  return url.href;
}

/** -> decoded frame; rejects with "The chart did not load: …", or with an AbortError when `signal` says so. */
export async function fetchFrame(address, signal) {
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
    return decodeFrame(await response.arrayBuffer());
  } catch (error) {
    if (signal.aborted) throw error;
    throw new Error(`The chart did not load: ${error.message}.`);
  }
}
