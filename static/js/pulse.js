/* One poll per page. The element with data-pulse="<address>" says where; the answer names what changed; only charts that are live,
   near the window and concerned fetch again, one per animation frame. */
import { changesBetween } from "./changes.js";
import { chartOf, chartsAlive } from "./mount.js";

const EVERY = 3000;
const IDLE = 15000; // nothing runs and nothing has changed for QUIET beats: new runs may still come
const QUIET = 40;
const LONGEST = 60000;
const MOST = 200; // runs named in one question; an address has its limits

let known = null; // {project, runs} of the last answer
let heard = 0; // when it came
let failures = 0;
let quiet = 0;
let pause = EVERY;
let timer = 0;
let next = 0;

const place = () => document.querySelector("[data-pulse]");
const live = () => chartsAlive().filter((chart) => chart.live && chart.near);
const frame = () => new Promise((done) => requestAnimationFrame(done));

async function ask(address) {
  const uids = [...new Set(live().flatMap((chart) => chart.uids()))].sort().slice(0, MOST);
  const url = new URL(address, location.href);
  if (uids.length) url.searchParams.set("runs", uids.join(","));
  const response = await fetch(url, { signal: AbortSignal.timeout(10000), redirect: "manual" });
  if (!response.ok) throw new Error(`pulse: ${response.status}`);
  return response.json();
}

/* A changed project with no changed run we know of means another run, or other tags: a chart of a query may have to show it. While
   known runs change at every beat that cannot be told apart, so a chart not asked for a while is asked too. */
function isConcerned(chart, { moved, project }) {
  if (chart.uids().some((uid) => moved.has(uid))) return true;
  return project && (!moved.size || Date.now() - chart.loaded > IDLE);
}

async function refetch(concerned) {
  for (const chart of concerned) {
    if (!chart.near) {
      chart.stale = true;
      continue;
    }
    await frame();
    if (!document.hidden) await chart.load();
  }
}

function tell({ project }) {
  const element = place();
  if (project) element?.dispatchEvent(new CustomEvent("lablore:project", { bubbles: true }));
}

function words() {
  const ago = Math.round((Date.now() - heard) / 1000);
  if (failures > 1) return `Live, no answer for ${ago} s, trying again in ${Math.max(0, Math.round((next - Date.now()) / 1000))} s`;
  return heard && known ? `Live, ${ago} s ago` : "Live";
}

function show() {
  const text = words();
  for (const badge of document.querySelectorAll('[data-foot="live"]')) {
    badge.hidden = !chartOf(badge.closest("figure"))?.runs(known?.runs); // whose runs have all ended has nothing to wait for
    const label = badge.lastChild;
    if (label.textContent !== text) label.textContent = text;
    badge.classList.toggle("badge-warn", failures > 1);
  }
}

async function beat() {
  const element = place();
  if (!element || document.hidden) return;
  try {
    const answer = await ask(element.dataset.pulse);
    const changes = changesBetween(known, answer);
    known = { project: answer.project, runs: { ...known?.runs, ...answer.runs } };
    [heard, failures] = [Date.now(), 0];
    const busy = Object.values(answer.runs).some(([, state]) => state === "running");
    quiet = busy || changes.project || changes.moved.size ? 0 : quiet + 1;
    pause = quiet < QUIET ? EVERY : IDLE;
    tell(changes);
    await refetch(chartsAlive().filter((chart) => chart.live && isConcerned(chart, changes)));
  } catch {
    failures += 1;
    pause = Math.min(LONGEST, EVERY * 2 ** failures);
  }
}

async function round() {
  clearTimeout(timer);
  await beat();
  next = Date.now() + pause;
  timer = setTimeout(round, pause);
  show();
}

document.addEventListener("visibilitychange", () => {
  if (!document.hidden && place()) round();
});
setInterval(() => {
  if (place() && !document.hidden) show();
}, 1000);
timer = setTimeout(round, 500);
