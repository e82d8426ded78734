/* Light and dark; charts hear "lablore:theme" because their colours are on a canvas. */
const root = document.documentElement;
const system = matchMedia("(prefers-color-scheme: dark)");

const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);
const tell = () => document.dispatchEvent(new CustomEvent("lablore:theme"));

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-theme-switch]")) return;
  root.dataset.theme = isDark() ? "light" : "dark";
  try {
    localStorage.setItem("theme", root.dataset.theme);
  } catch {
    /* private mode */
  }
  tell();
});

system.addEventListener("change", () => {
  if (!root.dataset.theme) tell();
});
