/* An error is said beside what it is about, as a block of its own; never as a toast that goes away. */
const said = new WeakMap();

/** Puts `text` under `element`; takes away what was said there before. */
export function complain(element, text) {
  quiet(element);
  const note = document.createElement("p");
  note.className = "field-error";
  note.setAttribute("role", "alert");
  note.textContent = text;
  said.set(element, note);
  if (element === document.body) document.getElementById("main")?.prepend(note);
  else element.after(note);
}

export function quiet(element) {
  said.get(element)?.remove();
  said.delete(element);
}
