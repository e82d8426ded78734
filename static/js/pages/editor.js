/* Writing a report. Without this file the same form saves, previews and publishes; with it, it saves by itself, the keys work,
   and a chart can be put in by a small form. The preview itself is HTMX's. */
import { listenToChartForm } from "../editor/chart-form.js";
import { listenToPreviewSwitch } from "../editor/preview-switch.js";

const QUIET = 1500; // after the last key
const LONGEST = 8000; // while somebody types on and on
const AGAIN = 5000; // after a failure

const form = document.querySelector("form[data-draft]");
const source = form.querySelector("textarea");
const base = form.querySelector("[data-base]");
const status = document.querySelector("[data-saved]");
const words = document.querySelector("[data-saved-words]");

let saved = source.value;
let timer = 0;
let waitingSince = 0;
let saving = false;
let stopped = false; // after a conflict, until a person has chosen
let leaving = false; // the form itself is being sent

function say(text, bad = false) {
  words.textContent = text;
  status.classList.toggle("status-bad", bad);
}

const clock = () => new Date().toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });

/** Chart blocks get their ids on the server: put those lines in here too, without moving the cursor. */
function takeIds(sent, stored) {
  if (source.value.replaceAll("\r\n", "\n") !== sent) return; // typed on; the same blocks get the same ids with the next save
  let at = 0;
  const old = sent.split("\n");
  let i = 0;
  for (const line of stored.split("\n")) {
    if (old[i] === line) i += 1;
    else source.setRangeText(`${line}\n`, at, at, "preserve");
    at += line.length + 1;
  }
}

async function save() {
  clearTimeout(timer);
  if (saving || stopped || source.value === saved) return;
  saving = true;
  const text = source.value;
  say("Saving");
  try {
    const answer = await fetch(form.action, { method: "POST", headers: { Accept: "application/json" }, body: new FormData(form) });
    const said = await answer.json();
    if (answer.ok) {
      base.value = said.revision;
      saved = text;
      if (said.source !== said.sent) {
        const same = source.value === text;
        takeIds(said.sent, said.source);
        if (same) saved = source.value;
      }
      say(`Saved ${clock()}`);
    } else if (answer.status === 409) conflict(said.error.message);
    else say(`Not saved: ${said.error.message}`, true);
  } catch {
    say("Not saved: the server did not answer. Your text is safe here; we try again.", true);
    timer = setTimeout(save, AGAIN);
  } finally {
    saving = false;
    waitingSince = 0;
  }
  if (source.value !== saved && !stopped) later();
}

function conflict(message) {
  stopped = true;
  say(`Not saved: ${message} `, true);
  const both = document.createElement("button");
  both.className = "button";
  both.textContent = "Show both texts";
  both.addEventListener("click", () => form.requestSubmit());
  words.append(both);
}

function later() {
  const now = performance.now();
  waitingSince ||= now;
  clearTimeout(timer);
  timer = setTimeout(save, Math.max(0, Math.min(QUIET, waitingSince + LONGEST - now)));
}

function goToLine(number) {
  const lines = source.value.split("\n");
  const start = lines.slice(0, number - 1).reduce((sum, line) => sum + line.length + 1, 0);
  source.focus();
  source.setSelectionRange(start, start + (lines[number - 1] ?? "").length);
  const height = Number.parseFloat(getComputedStyle(source).lineHeight);
  source.scrollTop = Math.max(0, (number - 6) * height);
}

source.addEventListener("input", later);
form.addEventListener("submit", () => {
  leaving = true;
  clearTimeout(timer);
});
addEventListener("beforeunload", (event) => {
  if (!leaving && source.value !== saved) event.preventDefault();
});
document.addEventListener("visibilitychange", () => {
  if (document.hidden) save();
});

document.addEventListener("click", (event) => {
  const line = event.target.closest('a[data-line], .error a[href*="line="]'); // of a list of problems, or "Show line" in the preview
  if (line) goToLine(Number(line.dataset.line ?? new URL(line.href).searchParams.get("line")));
  else if (event.target.closest("[data-save]") && !stopped) save();
  else return;
  event.preventDefault();
});

document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
  const press = { s: "[data-save]", Enter: "[data-publish]", ".": "[data-preview-switch]" }[event.key];
  const button = press && document.querySelector(press);
  if (!button) return;
  event.preventDefault();
  button.click();
});

listenToChartForm(document.querySelector("[data-chart-form]"), source);
listenToPreviewSwitch(document.querySelector(".editor"), document.querySelector("[data-preview-switch]"));
if (source.dataset.line) goToLine(Number(source.dataset.line));
