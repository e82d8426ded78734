/* <details data-dismiss> is a menu: a click outside, Escape, or leaving it by Tab closes it. */
const open = () => document.querySelectorAll("details[data-dismiss][open]");

/** Opens a <details>, or leaves it open, and puts the cursor into the field it opens for. At once: the next key typed is in the
    field already. -> false when there is no such field. */
export function enter(details) {
  const field = details?.querySelector("[autofocus]") ?? details?.querySelector("textarea");
  if (!field) return false;
  details.open = true;
  field.focus();
  return true;
}

document.addEventListener("click", (event) => {
  for (const menu of open()) if (!menu.contains(event.target) || event.target.closest(".menu button[type=button]")) menu.open = false;
  const details = event.target.closest("summary")?.parentElement;
  if (details && !details.open && enter(details)) event.preventDefault();
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
