/* Under each chart: what it shows and what it does not. */
import { axisOf } from "./axis.js";
import { figures } from "./ticks.js";

const many = (count, one, more = `${one}s`) => `${count.toLocaleString("en")} ${count === 1 ? one : more}`;

/* What a group's mean and band are of where runs are sampled: they tell how runs differ, not how noisy each of them is. */
function averagedFact({ runs }, { grouped, band }) {
  const averaged = grouped ? runs.filter(({ average, sampled }) => average && sampled > 1) : [];
  const points = averaged.map(({ average, total, badTotal }) => (total - badTotal) / average.y.filter(Number.isFinite).length);
  const most = Math.round(Math.max(0, ...points.filter(Number.isFinite)));
  const what = band && band !== "minmax" ? "mean and band" : "mean";
  return most ? [`${what} of averages over ${many(most, "point")}, thin edge min to max`] : [];
}

/** Facts about a drawn chart, as sentences: strings, or {text, act} for what can be pressed. */
export function factsOf(frame, model, settings) {
  const drawn = frame.runs.length;
  const silent = frame.runs.filter((run) => !run.total).length;
  const bad = frame.runs.reduce((sum, run) => sum + run.badTotal, 0);
  const sampled = frame.runs.reduce((most, run) => Math.max(most, run.sampled), 1);
  const facts = [];
  if (drawn > 1 || frame.hidden) facts.push(frame.hidden ? `${many(drawn, "run")}, ${frame.hidden} hidden` : many(drawn, "run"));
  if (silent && drawn > 1) facts.push(`${silent} without a value`);
  if (silent < drawn) facts.push(sampled > 1 ? `sampled 1 : ${Math.round(sampled)}` : "every point shown");
  facts.push(...averagedFact(frame, settings));
  if (bad) facts.push(`${many(bad, "value")} not finite`);
  const unplaced = frame.runs.reduce((sum, run) => sum + (run.unplaced ?? 0), 0);
  if (unplaced) facts.push(`${many(unplaced, "point")} without ${frame.x}, left out`);
  if (model?.dropped) facts.push(`${many(model.dropped, "value")} not above 0, left out`);
  if (model?.y?.outside) facts.push({ text: `${many(model.y.outside, "point")} outside, show`, act: "whole" });
  if (settings.window) {
    const axis = axisOf(frame.x);
    const [from, to] = settings.window.map(axis.short);
    facts.push({ text: `${axis.word === "step" ? "steps" : axis.word} ${from} to ${to}, show all`, act: "reset" });
  }
  return facts;
}

export function writeFoot(place, facts) {
  place.replaceChildren(...facts.map((fact) => {
    const element = document.createElement(fact.act ? "button" : "span");
    element.textContent = fact.text ?? fact;
    if (fact.act) Object.assign(element, { type: "button" }).dataset.tool = fact.act;
    return element;
  }));
}

/** What the picture says, in a sentence for those who do not see it. */
export function sentenceOf(frame, model) {
  const grouped = model.lines.some((line) => line.mean);
  const shown = model.lines.filter((line) => !line.raw && (!grouped || line.mean));
  const ends = shown.map(({ name, y }) => ({ name, last: y.filter(Number.isFinite).at(-1) })).filter(({ last }) => last !== undefined);
  const axis = axisOf(frame.x);
  const say = axis.word === "step" ? figures : axis.short;
  const steps = `${frame.key} from ${axis.word} ${say(model.x[0])} to ${say(model.x[1])}`;
  if (!ends.length) return `${steps}, no finite value.`;
  const low = ends.reduce((a, b) => (b.last < a.last ? b : a));
  const high = ends.reduce((a, b) => (b.last > a.last ? b : a));
  if (ends.length === 1) return `${steps}: ${low.name} ends at ${figures(low.last)}.`;
  const lowest = `Lowest at the end: ${low.name}, ${figures(low.last)}`;
  return `${steps} of ${many(frame.runs.length, "run")}. ${lowest}; highest: ${high.name}, ${figures(high.last)}.`;
}
