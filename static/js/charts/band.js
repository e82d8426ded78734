/* Mean of several runs and the band around it, on steps that the runs need not share. */

const T975 = [12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.306, 2.2622, 2.2281];
const Z975 = 1.959964;
const GRID = 256;

/** Two-sided 95 % quantile of Student's t with `df` >= 1 degrees of freedom; above 10 by Abramowitz and Stegun 26.7.5. */
export function t975(df) {
  if (df <= T975.length) return T975[df - 1];
  const z = Z975;
  const first = (z ** 3 + z) / 4;
  const second = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96;
  const third = (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384;
  return z + first / df + second / df ** 2 + third / df ** 3;
}

/** Value of a line at `at`, between its two neighbours; NaN outside the line and beside a NaN. `x` ascending. */
export function valueAt(x, y, at) {
  let low = 0;
  let high = x.length - 1;
  if (high < 0 || at < x[0] || at > x[high]) return NaN;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (x[middle] <= at) low = middle;
    else high = middle;
  }
  if (at === x[low]) return y[low];
  if (at === x[high]) return y[high];
  return y[low] + ((y[high] - y[low]) * (at - x[low])) / (x[high] - x[low]);
}

const sameSteps = (lines) => lines.every(({ x }) => x.length === lines[0].x.length && x.every((step, i) => step === lines[0].x[i]));

function gridOf(lines) {
  if (sameSteps(lines)) return lines[0].x;
  const first = Math.min(...lines.map(({ x }) => x[0]));
  const last = Math.max(...lines.map(({ x }) => x[x.length - 1]));
  return Float64Array.from({ length: GRID }, (_, i) => first + ((last - first) * i) / (GRID - 1));
}

/** Half the width of the interval of `values` around their mean: "ci" 95 % of the mean (t), "sd" one standard deviation. */
export function halfWidth(values, mean, kind) {
  const n = values.length;
  if (n < 2) return NaN;
  const sd = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1));
  return kind === "sd" ? sd : (t975(n - 1) * sd) / Math.sqrt(n);
}

/* Least and greatest value of any line at each of `x`, and of the points nearest to it: no spike falls between two steps. */
function extremesAt(lines, x) {
  const [low, high] = [new Float64Array(x.length).fill(Infinity), new Float64Array(x.length).fill(-Infinity)];
  const take = (i, value) => {
    if (value < low[i]) low[i] = value;
    if (value > high[i]) high[i] = value;
  };
  for (const line of lines) {
    x.forEach((at, i) => take(i, valueAt(line.x, line.y, at)));
    let i = 0;
    for (let k = 0; k < line.x.length; k++) {
      while (i + 1 < x.length && x[i + 1] - line.x[k] <= line.x[k] - x[i]) i++;
      take(i, line.y[k]);
    }
  }
  return { low, high };
}

/** Runs [{x, y, average?: {x, y}, extremes?: {x, y}}] -> {x, mean, low, high, counts, n}; at each step over the `counts` of `n` runs that have a value there.
    The mean and the band "ci" or "sd" are of the averages where there are some: of a sampled run x and y are extremes. "minmax" is of the
    extremes, which are never smoothed. Where fewer than half have a value, or only one of several, the line stops: what is left when the worse runs are gone would
    pass for a recovery of all. A single run has no "ci" and no "sd". */
export function bandOf(runs, kind = "ci") {
  const drawn = runs.filter(({ x }) => x.length);
  if (!drawn.length) return { x: new Float64Array(), mean: [], low: [], high: [], counts: [], n: 0 };
  const lines = drawn.map((run) => run.average ?? run);
  const x = gridOf(lines);
  const extremes = kind === "minmax" ? extremesAt(drawn.map((run) => run.extremes ?? run), x) : null;
  const enough = Math.max(Math.min(2, drawn.length), drawn.length / 2);
  const counts = new Uint16Array(x.length);
  const [mean, low, high] = [0, 1, 2].map(() => new Float64Array(x.length).fill(NaN));
  for (let i = 0; i < x.length; i++) {
    const values = lines.map((line) => valueAt(line.x, line.y, x[i])).filter(Number.isFinite);
    counts[i] = values.length;
    if (values.length < enough) continue;
    mean[i] = values.reduce((sum, value) => sum + value, 0) / values.length;
    const half = kind && !extremes ? halfWidth(values, mean[i], kind) : NaN;
    [low[i], high[i]] = extremes ? [extremes.low[i], extremes.high[i]] : [mean[i] - half, mean[i] + half];
  }
  return { x, mean, low, high, counts, n: drawn.length };
}
