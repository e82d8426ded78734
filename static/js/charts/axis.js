/* What stands on the x axis and how it is said: steps, time, or another metric (`x` of docs/frame.md). */
import { figures, niceTicks, tickLabels } from "./ticks.js";

const [MINUTE, HOUR, DAY] = [60, 3600, 86400];
const SPANS = [1, 2, 5, 10, 15, 30, ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE), ...[1, 2, 3, 6, 12].map((n) => n * HOUR)];
const UNITS = [[DAY, "d"], [HOUR, "h"], [MINUTE, "min"], [1, "s"]];

/** Seconds in the two largest units that say something: 45 s, 2 h 5 min, 3 d. */
export function duration(seconds) {
  const size = Math.abs(seconds);
  if (size < MINUTE) return `${figures(seconds, 3)} s`;
  const at = UNITS.findIndex(([unit], i) => i + 1 === UNITS.length - 1 || Math.round(size / UNITS[i + 1][0]) * UNITS[i + 1][0] >= unit);
  const [large, small] = [UNITS[at], UNITS[at + 1]];
  const count = Math.round(size / small[0]);
  const per = large[0] / small[0];
  const words = [[Math.floor(count / per), large[1]], [count % per, small[1]]].filter(([n]) => n).map(([n, unit]) => `${n} ${unit}`);
  return `${seconds < 0 ? "−" : ""}${words.join(" ")}`;
}

/** About `wanted` round times inside [low, high] s; `shift`: seconds by which clocks there are ahead of the count. */
export function timeTicks(low, high, wanted, shift = 0) {
  const rough = (high - low) / wanted;
  if (rough < SPANS[0]) return niceTicks(low, high, wanted);
  const days = niceTicks(0, (high - low) / DAY, wanted, true);
  const step = SPANS.find((span) => span >= rough * 0.75) ?? DAY * Math.max(1, days[1] - days[0] || 1);
  const first = Math.ceil((low + shift) / step) * step - shift;
  return Array.from({ length: Math.max(0, Math.floor((high - first) / step) + 1) }, (_, i) => first + i * step);
}

const written = (options) => (seconds) => new Date(seconds * 1000).toLocaleString("en-GB", options);
const atTime = written({ hour: "2-digit", minute: "2-digit" });
const atSecond = written({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
const onDay = written({ day: "numeric", month: "short" });
const moment = written({ day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit" });
const aheadAt = (seconds) => -MINUTE * new Date(seconds * 1000).getTimezoneOffset();

/* A day where one begins, else the time; seconds where ticks are that near. */
function clock(tick, gap) {
  if ((tick + aheadAt(tick)) % DAY === 0) return onDay(tick);
  return gap < MINUTE ? atSecond(tick) : atTime(tick);
}

const AXES = {
  step: {
    word: "step",
    ticks: (low, high, wanted) => niceTicks(low, high, wanted, high - low > 3),
    words: tickLabels,
    say: (value) => value.toLocaleString("en", { maximumFractionDigits: 2 }),
    short: (value) => figures(Math.round(value), 3),
    edges: ([from, to]) => [Math.floor(from), Math.ceil(to)],
  },
  relative: {
    word: "time",
    ticks: (low, high, wanted) => timeTicks(low, high, wanted),
    words: (ticks) => ticks.map((tick) => (tick ? duration(tick) : "0")),
    say: duration,
    short: duration,
    edges: (window) => window,
  },
  wall: {
    word: "time",
    ticks: (low, high, wanted) => timeTicks(low, high, wanted, aheadAt(low)),
    words: (ticks) => ticks.map((tick) => clock(tick, ticks[1] - ticks[0])),
    say: moment,
    short: moment,
    edges: (window) => window,
  },
};

/** -> {word, title: what is written under the axis, if anything, ticks(low, high, wanted), words(ticks), say(value), short(value), edges([from, to]): what to ask the server for} */
export function axisOf(x = "step") {
  if (Object.hasOwn(AXES, x)) return AXES[x];
  const say = (value) => figures(value, 6);
  return { word: x, title: x, ticks: niceTicks, words: tickLabels, say, short: (value) => figures(value, 3), edges: (window) => window };
}
