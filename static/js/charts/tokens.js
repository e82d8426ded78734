/* Colours of tokens.css as a canvas needs them: light-dark() only resolves in used values, so an element is asked. */
const known = new Map();
let probe;

export function token(name) {
  if (!known.has(name)) {
    probe ??= document.body.appendChild(Object.assign(document.createElement("i"), { hidden: true }));
    probe.style.color = `var(--${name})`;
    known.set(name, getComputedStyle(probe).color);
  }
  return known.get(name);
}

document.addEventListener("lablore:theme", () => known.clear());

const DASHES = ["solid", "6 3", "2 3"]; // words: an array given as a line property would be read as data

/** Colour and stroke of a slot: 0 baseline, 1-8 solid, 9-16 shifted and dashed, 17-24 the first eight dotted. */
export function stroke(slot) {
  const colour = slot > 16 ? ((slot - 17) % 8) + 1 : slot;
  return { colour: token(`run-${colour}`), dash: DASHES[slot > 16 ? 2 : slot > 8 ? 1 : 0] };
}
