/* Any element with data-key="e" is pressed by that key ("g r": one after the other); a field is focused instead.
   "?" lists the keys of the page from the page itself, so the list cannot be wrong. Single keys can be switched off. */
import { enter } from "./dismiss.js";

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
  } else if (!enter(element.closest("summary")?.parentElement)) element.click();
}

function wordFor(element) {
  return element.dataset.keyLabel || element.getAttribute("aria-label") || element.textContent.trim().replace(/\s+/g, " ");
}

/* N and n are one key: a letter stands in capitals on keyboards, buttons and in the sheet, and Caps Lock changes nothing. */
const nameOf = (key) => (key.length === 1 ? key.toLowerCase() : key);
const capOf = (key) => (key.length === 1 ? key.toUpperCase() : key.replace("Escape", "Esc"));

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
      value.append(...key.split(" ").flatMap((part, i) => (i ? [" then ", kbd(capOf(part))] : [kbd(capOf(part))])));
      return [term, value];
    }),
  );
  sheet.querySelector("[data-keys-on]").checked = isOn();
  sheet.showModal();
}

/* Ctrl+Enter (Cmd+Enter) in a text of several lines sends its form, once. The editor of reports has its own. */
function send(event) {
  const form = event.target.matches?.("textarea") && event.target.form;
  if (!form?.hasAttribute("hx-post") || event.repeat || event.defaultPrevented) return;
  event.preventDefault();
  event.stopImmediatePropagation(); // in the editor the same keys publish
  const button = form.querySelector("button:not([type=button], [type=reset])");
  if (!button?.disabled) form.requestSubmit(button);
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) send(event);
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (!isOn() || inField(event.target) || document.querySelector("dialog[open]")) return;
  const wanted = first ? `${first} ${nameOf(event.key)}` : nameOf(event.key);
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
