/* One poll per page. The element with data-pulse="<address>" says where, its data-seen which revision of the project the page shows;
   the answer names the present ones; only charts that are live, near the window and concerned fetch again. */
import { concernedBy } from "./changes.js";
import { chartOf, chartsAlive } from "./mount.js";

const EVERY = 3000;
const IDLE = 15000; // nothing runs and nothing has changed for QUIET beats: new runs may still come
const QUIET = 40;
const LONGEST = 60000;
const MOST = 200; // runs named in one question; an address has its limits

let seen = null; // the project's revision on this page
let states = {}; // {uid: [revision, state]} of the runs heard of
let heard = 0; // when it came
let failures = 0;
let quiet = 0;
let pause = EVERY;
let timer = 0;
let next = 0;

const place = () => document.querySelector("[data-pulse]");
const live = () => chartsAlive().filter((chart) => chart.live && chart.near);

async function ask(address) {
  const uids = [...new Set(live().flatMap((chart) => chart.uids()))].sort().slice(0, MOST);
  const url = new URL(address, location.href);
  if (uids.length) url.searchParams.set("runs", uids.join(","));
  const response = await fetch(url, { signal: AbortSignal.timeout(10000), redirect: "manual" });
  if (!response.ok) throw new Error(`pulse: ${response.status}`);
  return response.json();
}

/** All at once: they share requests (charts/fetch.js), and are drawn one per animation frame. */
async function refetch(concerned) {
  const seen = concerned.filter((chart) => chart.near);
  for (const chart of concerned) if (!chart.near) chart.stale = true;
  if (!document.hidden) await Promise.all(seen.map((chart) => chart.load()));
}

function words() {
  const ago = Math.round((Date.now() - heard) / 1000);
  if (failures > 1) return `Live, no answer for ${ago} s, trying again in ${Math.max(0, Math.round((next - Date.now()) / 1000))} s`;
  return heard ? `Live, ${ago} s ago` : "Live";
}

function show() {
  const text = words();
  for (const badge of document.querySelectorAll('[data-foot="live"]')) {
    badge.hidden = !chartOf(badge.closest("figure"))?.runs(states); // whose runs have all ended has nothing to wait for
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
    const moved = answer.project !== (seen ?? Number(element.dataset.seen));
    [seen, states] = [answer.project, { ...states, ...answer.runs }];
    [heard, failures] = [Date.now(), 0];
    const busy = Object.values(answer.runs).some(([, state]) => state === "running");
    quiet = busy || moved ? 0 : quiet + 1;
    pause = quiet < QUIET ? EVERY : IDLE;
    if (moved) element.dispatchEvent(new CustomEvent("lablore:project", { bubbles: true }));
    const charts = chartsAlive().filter((chart) => chart.live);
    await refetch(concernedBy(charts, { runs: answer.runs, moved, now: heard, idle: IDLE }));
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
