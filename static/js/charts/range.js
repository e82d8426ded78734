/* How much of y a chart shows. */

const START = 0.15; // of the x axis: what happens before may run out of the frame
const ENOUGH = 20; // points after the start, fewer say nothing about where the curve lives
const TOO_MUCH = 8; // times the height of the rest: then the start flattens what matters
const FEW = 0.1; // of the logged points: more are not a start but half the curve
const HEAD = 0.08; // of that height, kept of the start
const PAD = 0.05;
const BULK = 0.03; // of the values on either side may be an explosion
const EXPLOSION = 10; // times the height of the rest: then one diverged run would flatten all others
const SAMPLE = 4000; // values that are sorted to find the bulk

function extent(lines, from = -Infinity) {
  let [low, high, count] = [Infinity, -Infinity, 0];
  for (const { x, y } of lines) {
    for (let i = 0; i < y.length; i++) {
      if (x[i] < from || !Number.isFinite(y[i])) continue;
      count++;
      if (y[i] < low) low = y[i];
      if (y[i] > high) high = y[i];
    }
  }
  return { low, high, count };
}

function padded(low, high, log) {
  if (log) {
    const factor = high > low ? (high / low) ** PAD : 1.5;
    return [low / factor, high * factor];
  }
  const span = high - low || Math.abs(high) * 0.1 || 1;
  const bottom = low - span * PAD;
  return [low >= 0 && bottom < 0 ? -span * 0.01 : bottom, high + span * PAD];
}

/* Where all but the outermost few values lie; a curve that explodes before it turns NaN does so within few points. */
function bulk(lines) {
  const total = lines.reduce((sum, { y }) => sum + y.length, 0);
  const stride = Math.max(1, Math.ceil(total / SAMPLE));
  const values = [];
  let at = 0;
  for (const { y } of lines) for (const value of y) if (at++ % stride === 0 && Number.isFinite(value)) values.push(value);
  values.sort((a, b) => a - b);
  const edge = Math.floor(values.length * BULK);
  return { low: values[edge], high: values[values.length - 1 - edge], count: values.length };
}

/* Points as they were logged: not their mean, nor the smoothed line over them. */
function logged(lines) {
  const raw = lines.filter((line) => line.raw);
  return raw.length ? raw : lines.filter((line) => !line.mean);
}

function countOutside(lines, low, high) {
  let count = 0;
  for (const { y } of lines) for (const value of y) if (value < low || value > high) count++;
  return count;
}

/* [low, high] without the steep start of the curves, where it would flatten the rest and is only a few points. */
function withoutStart(lines, all, rest) {
  const height = rest.high - rest.low;
  if (rest.count < ENOUGH || !(height > 0)) return all;
  const high = all.high - rest.high > TOO_MUCH * height ? rest.high + HEAD * height : all.high;
  const low = rest.low - all.low > TOO_MUCH * height ? rest.low - HEAD * height : all.low;
  const points = logged(lines);
  return countOutside(points, low, high) < FEW * extent(points).count ? { low, high } : all;
}

/** Lines [{x, y}] -> {low, high, outside}: the frame in y and how many points do not fit in it, or null when there is no value.
    `whole` shows everything; otherwise the steep start of a curve and an explosion are clipped, if that leaves the rest readable. */
export function rangeOf(lines, { x0, x1, log = false, whole = false }) {
  const all = extent(lines);
  if (!all.count) return null;
  const plain = log || whole;
  let { low, high } = plain ? all : withoutStart(lines, all, extent(lines, x0 + (x1 - x0) * START));
  const most = plain ? { count: 0 } : bulk(lines);
  const size = most.high - most.low;
  if (most.count >= ENOUGH && size > 0) {
    if (high - most.high > EXPLOSION * size) high = most.high + size * HEAD;
    if (most.low - low > EXPLOSION * size) low = most.low - size * HEAD;
  }
  const clipped = high < all.high || low > all.low;
  const [bottom, top] = padded(low, high, log);
  return { low: bottom, high: top, outside: clipped ? countOutside(logged(lines), bottom, top) : 0 };
}
