/* What an answer of the pulse, {project, runs: {uid: [revision, state]}}, says about charts. */

/** Whether a run of a chart's frame has moved since the frame was made. */
export function isBehind(frame, runs) {
  return frame.runs.some(({ uid, revision }) => uid in runs && runs[uid][0] !== revision);
}

/** The charts to fetch again: those behind, and when the project has moved those that may have to show another run, or other tags.
    While known runs change at every beat that cannot be told apart, so a chart not asked for `idle` ms is asked too.
    charts: [{frame or null, loaded: when it was asked for}]. */
export function concernedBy(charts, { runs, moved, now, idle }) {
  const behind = new Set(charts.filter((chart) => chart.frame && isBehind(chart.frame, runs)));
  return charts.filter((chart) => behind.has(chart) || (moved && (!behind.size || now - chart.loaded > idle)));
}
