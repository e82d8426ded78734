/* The same numbers as a table, one press away: a canvas says nothing to those who cannot see it. */
import { axisOf } from "./axis.js";
import { figures } from "./ticks.js";

const COLUMNS = 8; // more runs than these: one row per run instead of one column
const ROWS = 200;
const BAD = { nan: NaN, inf: Infinity, "-inf": -Infinity }; // a frame may name these without a row of their own

function cell(tag, text, className = "") {
  const element = document.createElement(tag);
  element.textContent = text;
  if (className) element.className = className;
  if (tag === "th") element.scope = "col";
  return element;
}

function number(value) {
  if (value === undefined) return cell("td", "–", "n");
  return cell("td", figures(value, 5), Number.isFinite(value) ? "n" : "n nan");
}

function tableOf(caption, head, rows) {
  const table = Object.assign(document.createElement("table"), { className: "table" });
  const said = Object.assign(document.createElement("caption"), { className: "visually-hidden", textContent: caption });
  const top = table.createTHead().insertRow();
  head.forEach((text, i) => top.append(cell("th", text, i ? "n" : "")));
  table.createTBody().append(...rows.map((cells) => {
    const row = document.createElement("tr");
    row.append(...cells);
    return row;
  }));
  table.prepend(said);
  return table;
}

/** At most `most` of `all`, evenly, with the first and the last. */
export function thinned(all, most) {
  if (all.length <= most) return all;
  return Array.from({ length: most }, (_, i) => all[Math.round((i * (all.length - 1)) / (most - 1))]);
}

/* step -> value; where a frame names a value that is not finite, that one and not the gap it leaves in the line */
function valuesOf({ x, y, bad }) {
  const values = new Map(Array.from(x, (step, i) => [step, y[i]]));
  for (const { step, kind } of bad) if (!Number.isFinite(values.get(step))) values.set(step, BAD[kind]);
  return values;
}

function byStep(frame, runs) {
  const axis = axisOf(frame.x);
  const values = runs.map(valuesOf);
  const steps = [...new Set(values.flatMap((column) => [...column.keys()]))].sort((a, b) => a - b);
  const kept = thinned(steps, ROWS);
  const rows = kept.map((step) => [cell("td", axis.word === "step" ? step.toLocaleString("en") : axis.say(step), "num"), ...values.map((column) => number(column.get(step)))]);
  const left = kept.length < steps.length ? `, ${kept.length} of ${steps.length} rows` : "";
  return tableOf(`${frame.key} by ${axis.word}${left}`, [axis.word, ...runs.map((run) => run.name)], rows);
}

/* first, last, least and greatest finite value */
function fourOf(y) {
  const finite = y.filter(Number.isFinite);
  if (!finite.length) return Array(4).fill(undefined);
  const [low, high] = finite.reduce(([a, b], value) => [Math.min(a, value), Math.max(b, value)], [Infinity, -Infinity]);
  return [finite[0], finite[finite.length - 1], low, high];
}

function byRun(frame, runs) {
  const rows = runs.map(({ name, total, y, badTotal }) => [
    cell("td", name, "mono"),
    cell("td", total.toLocaleString("en"), "n"),
    ...fourOf(y).map(number),
    cell("td", badTotal || "–", badTotal ? "n nan" : "n"),
  ]);
  return tableOf(`${frame.key}, one row per run`, ["run", "points", "first", "last", "min", "max", "not finite"], rows);
}

/** A table of what the chart shows. */
export function dataTable(frame) {
  const runs = frame.runs.filter((run) => run.x.length);
  return runs.length <= COLUMNS ? byStep(frame, runs) : byRun(frame, runs);
}
