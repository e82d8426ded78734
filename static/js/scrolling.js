/* What scrolls sideways fades where it goes on and, when nothing in it can be reached by Tab, is a stop with a name. */
const PLACES = ".table-wrap, .code";

function reach(place) {
  if (place.hasAttribute("tabindex") || place.querySelector("a[href], button, input")) return;
  place.tabIndex = 0;
  if (place.hasAttribute("role")) return;
  const table = place.querySelector("table");
  place.setAttribute("role", "region");
  place.setAttribute("aria-label", table?.caption?.textContent.trim() || (table ? "Table" : "Code"));
}

function look(place) {
  const hidden = place.scrollWidth - place.clientWidth;
  if (hidden > 1) reach(place);
  place.classList.toggle("is-cut", hidden - place.scrollLeft > 1);
}

const size = new ResizeObserver((entries) => entries.forEach(({ target }) => look(target)));

function lookAtAll() {
  for (const place of document.querySelectorAll(PLACES)) {
    size.observe(place);
    look(place);
  }
}

document.addEventListener("htmx:afterSettle", lookAtAll);
document.addEventListener("scroll", ({ target }) => {
  if (target.matches?.(PLACES)) look(target);
}, true);
document.fonts.ready.then(lookAtAll);
lookAtAll();
