/* Writing a report. Without this file the same form saves, previews and publishes; with it, it saves by itself, the keys work,
   and a chart can be put in by a small form. The preview itself is HTMX's. */
import { listenToChartForm } from "../editor/chart-form.js";
import { listenToPreviewSwitch } from "../editor/preview-switch.js";

const QUIET = 1500; // after the last key
const LONGEST = 8000; // while somebody types on and on
const AGAIN = 5000; // after a failure
const WORDS = { 403: "your role does not allow this any more.", 404: "this report is gone, or it is not yours to see." };

const form = document.querySelector("form[data-draft]");
const source = form.querySelector("textarea");
const base = form.querySelector("[data-base]");
const status = document.querySelector("[data-saved]");
const words = document.querySelector("[data-saved-words]");

let saved = source.value;
let timer = 0;
let waitingSince = 0;
let stopped = false; // after a conflict, until a person has chosen
let signedOut = false;
let pause = 0; // before the next try, after one that failed
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

const send = () =>
  fetch(form.action, { method: "POST", redirect: "manual", headers: { Accept: "application/json" }, body: new FormData(form) });

/** Signing in again in another tab gave this browser a new token: it stands in a fresh page of the editor. */
async function renewToken() {
  const answer = await fetch(form.action, { redirect: "manual" });
  if (!answer.ok) return false;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const token = fresh.querySelector('form[data-draft] [name="csrfmiddlewaretoken"]').value;
  for (const input of document.querySelectorAll('[name="csrfmiddlewaretoken"]')) input.value = token;
  document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
  return true;
}

const isDoor = (answer) => answer.type === "opaqueredirect" || answer.status === 401;

let running = null;

/** One at a time; resolves when the text that was there when it began is stored or refused. */
function save() {
  clearTimeout(timer);
  if (stopped || source.value === saved) return Promise.resolve();
  running ??= attempt().finally(() => {
    running = null;
    waitingSince = 0;
    if (source.value !== saved && !stopped) later();
  });
  return running;
}

async function attempt() {
  const text = source.value;
  if (!signedOut) say("Saving");
  try {
    let answer = await send();
    if (answer.status === 403 && (await renewToken())) answer = await send();
    if (isDoor(answer)) return askToSignIn();
    signedOut = false;
    const isJson = answer.headers.get("Content-Type")?.startsWith("application/json");
    const said = isJson ? await answer.json() : { error: { message: WORDS[answer.status] ?? `the server answered ${answer.status}.` } };
    if (answer.ok) taken(text, said);
    else if (answer.status === 409) conflict(said.error.message);
    else say(`Not saved: ${said.error.message}`, true);
    if (answer.status >= 500) pause = AGAIN;
  } catch {
    say("Not saved: the server did not answer. Your text is safe here; we try again.", true);
    pause = AGAIN;
  }
}

function taken(text, said) {
  base.value = said.revision;
  saved = text;
  if (said.source !== said.sent) {
    const same = source.value === text;
    takeIds(said.sent, said.source);
    if (same) saved = source.value;
  }
  say(`Saved ${clock()}`);
}

/** The text stays here and is saved as soon as this browser is signed in again. */
function askToSignIn() {
  signedOut = true;
  pause = AGAIN;
  const door = document.createElement("a");
  Object.assign(door, { className: "link", href: form.dataset.door, target: "_blank", textContent: "Sign in" });
  say("You are signed out. ", true);
  words.append(door, " in another tab; your text stays here.");
  if (source.value !== saved && !running) later();
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
  timer = setTimeout(save, Math.max(pause, Math.min(QUIET, waitingSince + LONGEST - now)));
  pause = 0;
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
form.addEventListener("submit", async (event) => {
  clearTimeout(timer);
  const publish = event.submitter?.closest("[data-publish]");
  leaving = !publish || source.value === saved;
  if (leaving) return;
  // First stored, then published: who is signed out, or offline, would leave for a page without the text.
  event.preventDefault();
  await running;
  await save();
  if (source.value === saved) form.requestSubmit(publish);
});
document.addEventListener("htmx:beforeOnLoad", (event) => {
  if (event.detail.xhr.status !== 401) return;
  event.preventDefault(); // HTMX would leave for the door, and the text with it
  askToSignIn();
});
addEventListener("beforeunload", (event) => {
  if (!leaving && source.value !== saved) event.preventDefault();
});
document.addEventListener("visibilitychange", () => save()); // before one goes, and when one comes back from signing in

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
