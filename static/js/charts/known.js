/* What a live chart has of its runs already, so that it fetches the rows of those that changed only (docs/frame.md, `have`). */

/** The frame a chart has, if what this address gives can be laid over it: the same window and width, and the axis that was asked for (docs/frame.md, `else`). */
export function baseAt(frame, address) {
  const asked = new URL(address).searchParams.get("x") ?? "step";
  return frame?.address === address && frame.x === asked ? frame : null;
}

/** uid -> revision of every run that a frame tells of, those without its metric too; null of a frame with averages, whose places move with
    every run. */
export function knownIn({ runs, without = {} }) {
  if (runs.some(({ average }) => average)) return null;
  return new Map([...runs.map(({ uid, revision }) => [uid, revision]), ...Object.entries(without)]);
}

/** The text of `have`: what all of `knowns` [Map] agree on. */
export function haveText([first, ...others]) {
  const shared = [...first].filter(([uid, revision]) => others.every((known) => known.get(uid) === revision));
  return shared.map(([uid, revision]) => `${uid}.${revision}`).join("-");
}

/* A view into an answer of twenty charts would keep all of it. */
const own = (array) => (array.byteLength === array.buffer.byteLength ? array : array.slice());

/** `frame` with the rows of the runs that were not sent again, which are those of `base`. */
export function wholeFrame(frame, base) {
  if (!frame.runs.some(({ same }) => same)) return frame;
  const had = new Map(base.runs.map((run) => [run.uid, run]));
  const without = { ...frame.without };
  const runs = [];
  for (const { same, ...run } of frame.runs) {
    const before = had.get(run.uid);
    if (!same) runs.push(run);
    else if (before) runs.push({ ...before, ...run, x: own(before.x), y: own(before.y) });
    else without[run.uid] = run.revision;
  }
  return { ...frame, runs, without, hidden: frame.hidden + frame.runs.length - runs.length };
}
