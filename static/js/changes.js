/* What two answers of the pulse differ in. */

/** before: {project, runs: {uid: [revision, state]}} or null, after: the same -> {moved: Set(uid), project}.
    A run met for the first time has not changed. */
export function changesBetween(before, after) {
  const moved = new Set();
  for (const [uid, [revision]] of Object.entries(after.runs)) {
    const old = before?.runs[uid];
    if (old && old[0] !== revision) moved.add(uid);
  }
  return { moved, project: Boolean(before) && before.project !== after.project };
}
