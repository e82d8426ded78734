/* Round numbers for an axis, and how they are written: 20k, 1.5M, 0.25, 1e-4, with a real minus. */

const STEPS = [1, 2, 5, 10];

/** About `wanted` round numbers inside [low, high], ascending; whole numbers only when `whole`. */
export function niceTicks(low, high, wanted, whole = false) {
  if (!(high > low)) return [low];
  const rough = (high - low) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const all = [...STEPS, 20].map((step) => step * power).filter((step) => !whole || (step >= 1 && Number.isInteger(step)));
  const fits = (step) => Math.floor(high / step + 1e-9) - Math.ceil(low / step - 1e-9) + 1;
  const best = all.reduce((kept, step) => (Math.abs(fits(step) - wanted) < Math.abs(fits(kept) - wanted) ? step : kept), all[0] ?? 1);
  const first = Math.ceil(low / best - 1e-9);
  return Array.from({ length: Math.max(1, fits(best)) }, (_, i) => Number(((first + i) * best).toPrecision(12)));
}

/** Ticks of a log axis: powers of ten, thinned to `wanted`; 1, 2, 5 of each where there are fewer than two decades. */
export function logTicks(low, high, wanted) {
  const [from, to] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const decades = Array.from({ length: to - from + 1 }, (_, i) => from + i);
  const inside = (value) => value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9);
  const powers = decades.map((power) => Number(`1e${power}`)).filter(inside);
  if (powers.length > 2) {
    const every = Math.ceil(powers.length / wanted);
    return powers.filter((_, i) => i % every === 0);
  }
  const fine = decades.flatMap((power) => [1, 2, 5].map((digit) => Number(`${digit}e${power}`))).filter(inside);
  return fine.length > 1 ? fine : niceTicks(low, high, wanted);
}

const UNITS = [[1e9, "G"], [1e6, "M"], [1e3, "k"]];
const VAST = 1e12; // from here powers of ten
const minus = (text) => text.replaceAll("-", "−").replace("e−", "e-");

/** A value in up to `digits` figures. */
export function figures(value, digits = 4) {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "Inf" : "−Inf";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= VAST)) return minus(value.toExponential(digits - 1).replace(/\.?0+e/, "e").replace("e+", "e"));
  const unit = size >= 1e4 && UNITS.find(([bound]) => size >= bound);
  return minus(unit ? `${Number((value / unit[0]).toPrecision(digits))}${unit[1]}` : `${Number(value.toPrecision(digits))}`);
}

/** Decimals that tell all `ticks` exactly when written in `unit`. */
function decimalsFor(ticks, unit) {
  const isExact = (tick, digits) => Math.abs(Number((tick / unit).toFixed(digits)) * unit - tick) < 1e-9 * Math.max(unit, Math.abs(tick));
  const exact = (digits) => ticks.every((tick) => isExact(tick, digits));
  return Array.from({ length: 12 }, (_, digits) => digits).find(exact) ?? 12;
}

const PLAIN = 1e4; // up to here 1,500 reads better than 1.5k
const grouped = (text) => text.replace(/\B(?=(\d{3})+(?!\d))/g, ",");

/** How each of `ticks` is written: all with the same decimals and unit. */
export function tickLabels(ticks) {
  const size = Math.max(...ticks.map(Math.abs));
  const step = ticks.length > 1 ? ticks[1] - ticks[0] : size;
  if (ticks.every((tick) => Number.isInteger(tick) && Math.abs(tick) < PLAIN)) return ticks.map((tick) => minus(grouped(String(tick))));
  if (size < 1e-3 || size >= VAST) return ticks.map((tick) => (tick === 0 ? "0" : figures(tick, 4)));
  const [unit, letter] = UNITS.find(([bound]) => size >= bound && step >= bound / 1000) ?? [1, ""];
  const digits = decimalsFor(ticks, unit);
  return ticks.map((tick) => (tick === 0 ? "0" : minus(`${(tick / unit).toFixed(digits)}${letter}`)));
}
