/* Exponential moving average, debiased, for points that need not be equally far apart.

   s = d s + (1 - d) y and w = d w + (1 - d) with d = smooth^(Δx / unit); the value shown is s / w, so the start is not pulled to 0
   (the bias correction of Kingma and Ba 2015, section 3). With Δx = unit this is the usual filter with weight `smooth`. */

/** Mean distance of a run's points in x; 1 where there is none. */
export function unitOf(x) {
  const n = x.length;
  return n > 1 && x[n - 1] > x[0] ? (x[n - 1] - x[0]) / (n - 1) : 1;
}

/** `y` smoothed over `x` (ascending), weight 0 <= smooth < 1. A NaN stays one and does not touch its neighbours. -> Float64Array */
export function smoothed(x, y, smooth, unit = unitOf(x)) {
  const out = new Float64Array(y.length).fill(NaN);
  let [sum, weight, last] = [0, 0, NaN];
  for (let i = 0; i < y.length; i++) {
    if (!Number.isFinite(y[i])) continue;
    const gap = (x[i] - last) / unit || 1; // the first value, and a second one at the same step, count as one step
    const keep = smooth ** gap;
    sum = keep * sum + (1 - keep) * y[i];
    weight = keep * weight + (1 - keep);
    out[i] = sum / weight;
    last = x[i];
  }
  return out;
}
