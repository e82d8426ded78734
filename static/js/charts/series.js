/* What a line chart shows, as plain data: frame + settings -> lines, bands, marks, ends, ranges. No colours, no Bokeh. */
import { axisOf } from "./axis.js";
import { bandOf, valueAt } from "./band.js";
import { rangeOf } from "./range.js";
import { smoothed, unitOf } from "./smooth.js";

const LABELS = 6; // more names than these at the line ends are a legend with twenty rows: the run list is that
const NAMED_MARKS = 4;
const BAD_WORDS = { nan: "NaN", inf: "Inf", "-inf": "−Inf" };

/** The part of a line inside [from, to], cut at the edges where the line crosses them; with `all` edges, so that lines on the same x stay so. */
export function windowed({ x, y }, from, to, all = false) {
  if (!x.length || (x[0] >= from && x[x.length - 1] <= to)) return { x, y };
  const inside = [...x.keys()].filter((i) => x[i] >= from && x[i] <= to);
  const missing = [from, to].filter((at) => !inside.some((i) => x[i] === at));
  const edges = missing.map((at) => [at, valueAt(x, y, at)]).filter(([, value]) => all || Number.isFinite(value));
  const rows = [...inside.map((i) => [x[i], y[i]]), ...edges].sort((a, b) => a[0] - b[0]);
  return { x: Float64Array.from(rows, (row) => row[0]), y: Float64Array.from(rows, (row) => row[1]) };
}

/** On a log axis only what is above 0 can stand. */
const drawable = ({ x, y }, log) => (log ? { x, y: y.map((value) => (value > 0 ? value : NaN)) } : { x, y });

function extentOfSteps(runs) {
  const drawn = runs.filter(({ x }) => x.length);
  const x0 = Math.min(...drawn.map(({ x }) => x[0]));
  const x1 = Math.max(...drawn.map(({ x }) => x[x.length - 1]));
  return [x0, x1 > x0 ? x1 : x0 + 1];
}

function lineOf(run, { smooth, units, log }) {
  if (!(smooth > 0)) return drawable(run, log);
  return drawable({ x: run.x, y: smoothed(run.x, run.y, smooth, units?.get(run.uid) ?? unitOf(run.x)) }, log);
}

const named = (run) => ({ run, name: run.name, slot: run.slot });

function singleLines(runs, settings, part) {
  const look = { alpha: runs.length > LABELS ? 0.85 : 1, width: runs.length === 1 ? 1.8 : 1.4 };
  const main = runs.map((run) => ({ ...part(lineOf(run, settings)), ...named(run), ...look }));
  if (!(settings.smooth > 0)) return main;
  const raw = runs.map((run) => ({ ...part(drawable(run, settings.log)), ...named(run), alpha: 0.2, width: 1, raw: true }));
  return [...raw, ...main];
}

function groupsIn(runs) {
  const groups = new Map();
  for (const run of runs) {
    const name = run.group ?? "no group";
    groups.set(name, [...(groups.get(name) ?? []), run]);
  }
  return groups;
}

/* Smoothed as far in x as the line that is drawn. */
function averageOf(run, settings, part) {
  if (!run.average) return {};
  const units = new Map([[run.uid, settings.units?.get(run.uid) ?? unitOf(run.x)]]);
  return { average: part(lineOf({ ...run.average, uid: run.uid }, { ...settings, units }), true) };
}

const isSampled = (run) => Boolean(run.average) && run.sampled > 1;

function memberOf(run, settings, part) {
  const raw = drawable(run, settings.log);
  return { run, ...part(isSampled(run) ? raw : lineOf(run, settings)), extremes: part(raw), ...averageOf(run, settings, part) };
}

/* Extremes of sampled runs would pile up and bury the mean: a run has its average, and its own extremes where it is lit. */
function memberLines(member, look) {
  if (!isSampled(member.run)) return [{ ...member, ...look }];
  return [{ ...member, ...look, alpha: 0, raw: true }, { ...member.average, run: member.run, ...look, averaged: true }];
}

function groupedLines(runs, settings, part) {
  const lines = [];
  const bands = [];
  for (const [name, members] of groupsIn(runs)) {
    const drawn = members.map((run) => memberOf(run, settings, part));
    const { slot } = members[0];
    const band = bandOf(drawn, settings.band);
    const look = { slot, alpha: band.n > 1 ? 0.2 : 0, width: 1 };
    lines.push(...drawn.flatMap((member) => memberLines(member, { name: member.run.name, ...look })));
    if (members.some(isSampled) && settings.band !== "minmax") bands.push({ slot, ...bandOf(drawn, "minmax"), look: "edge" });
    if ((band.n > 1 || members.some(isSampled)) && settings.band) bands.push({ slot, ...band, look: settings.band === "minmax" ? "both" : "fill" });
    lines.push({ x: band.x, y: band.mean, name, slot, alpha: 1, width: 2.2, mean: true, n: band.n, counts: band.counts });
  }
  return { lines: [...lines.filter((line) => !line.mean), ...lines.filter((line) => line.mean)], bands };
}

function lastFinite({ x, y }) {
  for (let i = y.length - 1; i >= 0; i--) if (Number.isFinite(y[i])) return [x[i], y[i], i];
  return null;
}

/* Of a mean also how many runs it is at its end: fewer than before is a jump of the line that no run made. */
function endName({ name, n, counts }, [, , at]) {
  if (n === 1) return `${name} n=1`;
  return n && counts[at] < n ? `${name} n=${counts[at]} of ${n}` : name;
}

function endsOf(lines, grouped) {
  const named = lines.filter((line) => !line.raw && (!grouped || line.mean));
  const few = named.length <= LABELS;
  return named
    .filter((line) => few || line.slot === 0)
    .map((line) => ({ line, end: lastFinite(line) }))
    .filter(({ end }) => end)
    .map(({ line, end }) => ({ name: endName(line, end), run: line.name, slot: line.slot, x: end[0], y: end[1] }));
}

/** A red cross at the last finite point before a run's value stopped being one; words at the first of each run. */
function marksOf(runs, [from, to], log, axis) {
  const marks = runs.flatMap((run) => run.bad.map(({ step, kind, last }, i) => ({
    x: last ? last[0] : step,
    y: last && (!log || last[1] > 0) ? last[1] : null,
    text: i === 0 ? `${BAD_WORDS[kind]} at ${axis.short(step)}` : "",
    name: run.name,
  })));
  const seen = marks.filter(({ x }) => x >= from && x <= to);
  return seen.filter((mark) => mark.text).length > NAMED_MARKS ? seen.map((mark) => ({ ...mark, text: "" })) : seen;
}

/** Points that no line reaches: a value alone between two gaps. And the last point of a run shown by itself. */
function dotsOf(lines, alone) {
  const dots = [];
  for (const { x, y, slot, raw } of lines) {
    if (raw) continue;
    for (let i = 0; i < y.length; i++) {
      if (Number.isFinite(y[i]) && !Number.isFinite(y[i - 1]) && !Number.isFinite(y[i + 1])) dots.push({ x: x[i], y: y[i], slot, size: 4 });
    }
  }
  const end = alone && lines.length && lastFinite(lines[lines.length - 1]);
  return end ? [...dots, { x: end[0], y: end[1], slot: lines[lines.length - 1].slot, size: 7 }] : dots;
}

/** settings {smooth, log, band, grouped, whole, window: [from, to] | null, units: Map(uid -> unit of the filter)} ->
    {axis, lines, bands, marks, dots, ends, x: [from, to], y: {low, high, outside} | null, dropped} */
export function modelOf(frame, settings) {
  const runs = frame.runs.filter((run) => run.x.length || run.bad.length);
  const steps = runs.some((run) => run.x.length) ? extentOfSteps(runs) : [0, 1];
  const [from, to] = settings.window ?? steps;
  const part = (line, all) => ({ ...line, ...windowed(line, from, to, all) });
  const { lines, bands } = settings.grouped ? groupedLines(runs, settings, part) : { lines: singleLines(runs, settings, part), bands: [] };
  const alone = !settings.grouped && runs.length === 1;
  return {
    axis: frame.x,
    lines,
    bands,
    marks: marksOf(runs, [from, to], settings.log, axisOf(frame.x)),
    dots: dotsOf(settings.grouped ? lines.filter((line) => line.mean) : lines, alone),
    ends: alone ? [] : endsOf(lines, settings.grouped),
    x: [from, to],
    y: rangeOf(lines, { x0: from, x1: to, log: settings.log, whole: settings.whole || Boolean(settings.window) }),
    dropped: settings.log ? runs.reduce((sum, { y }) => sum + y.reduce((n, value) => n + (value <= 0 ? 1 : 0), 0), 0) : 0,
  };
}
