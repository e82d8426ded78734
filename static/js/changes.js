/* What two answers of the pulse differ in. */

/** before: {project, runs: {uid: [revision, state]}} or null, after: the same -> {moved: Set(uid), states: [{uid, state}], project}.
    A run met for the first time has not changed. */
export function changesBetween(before, after) {
  const moved = new Set();
  const states = [];
  for (const [uid, [revision, state]] of Object.entries(after.runs)) {
    const old = before?.runs[uid];
    if (old && old[0] !== revision) moved.add(uid);
    if (old && old[1] !== state) states.push({ uid, state });
  }
  return { moved, states, project: Boolean(before) && before.project !== after.project };
}
