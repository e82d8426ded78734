/* <details data-dismiss> is a menu: a click outside, Escape, or leaving it by Tab closes it. */
const open = () => document.querySelectorAll("details[data-dismiss][open]");

document.addEventListener("click", (event) => {
  for (const menu of open()) if (!menu.contains(event.target) || event.target.closest(".menu button[type=button]")) menu.open = false;
});

document.addEventListener("focusin", (event) => {
  for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of open()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

/* What opens takes the cursor to the field it opened for. */
document.addEventListener(
  "toggle",
  (event) => {
    if (event.target.matches("details[data-dismiss][open]")) event.target.querySelector("[autofocus]")?.focus();
  },
  true,
);
