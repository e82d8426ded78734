/* Any element with data-key="e" is pressed by that key ("g r": one after the other); a field is focused instead.
   "?" lists the keys of the page from the page itself, so the list cannot be wrong. Single keys can be switched off. */
const PAUSE = 1200;
let first = "";
let timer = 0;

const isOn = () => {
  try {
    return localStorage.getItem("keys") !== "off";
  } catch {
    return true;
  }
};

const inField = (target) => target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], .cm-editor");
const shown = (element) => element.checkVisibility() || element.closest("details:not([open])");
const keyed = () => [...document.querySelectorAll("[data-key]")].filter(shown);

function press(element) {
  if (element.matches("input, textarea, select")) {
    element.focus();
    element.select?.();
  } else element.click();
}

function wordFor(element) {
  return element.dataset.keyLabel || element.getAttribute("aria-label") || element.textContent.trim().replace(/\s+/g, " ");
}

function kbd(text) {
  const element = document.createElement("kbd");
  element.textContent = text;
  return element;
}

function showSheet() {
  const sheet = document.querySelector("dialog[data-keys]");
  const rows = new Map(keyed().map((element) => [element.dataset.key, wordFor(element)]));
  sheet.querySelector("dl").replaceChildren(
    ...[...rows].flatMap(([key, word]) => {
      const term = document.createElement("dt");
      term.textContent = word;
      const value = document.createElement("dd");
      value.append(...key.split(" ").flatMap((part, i) => (i ? [" ", kbd(part)] : [kbd(part)])));
      return [term, value];
    }),
  );
  sheet.querySelector("[data-keys-on]").checked = isOn();
  sheet.showModal();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (!isOn() || inField(event.target) || document.querySelector("dialog[open]")) return;
  const wanted = first ? `${first} ${event.key}` : event.key;
  clearTimeout(timer);
  const all = keyed();
  const hit = all.find((element) => element.dataset.key === wanted);
  first = "";
  if (hit) {
    event.preventDefault();
    press(hit);
  } else if (all.some((element) => element.dataset.key.startsWith(`${wanted} `))) {
    first = wanted;
    timer = setTimeout(() => {
      first = "";
    }, PAUSE);
  } else if (event.key === "?") showSheet();
});

document.addEventListener("click", (event) => {
  if (event.target.closest('[data-key="?"]')) showSheet();
});

document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-keys-on]")) return;
  try {
    localStorage.setItem("keys", event.target.checked ? "on" : "off");
  } catch {
    /* private mode */
  }
});
