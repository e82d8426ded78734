/* Margin comments stand beside what they are about (data-at = its id); none covers another. */
const GAP = 20;
const RISE = 22; // a comment starts above its line, so that its first words are beside it

function place() {
  const column = document.querySelector(".report .margin");
  if (!column?.offsetParent) return;
  const comments = column.querySelectorAll(":scope > .comment");
  column.classList.toggle("is-placed", comments.length > 0);
  if (!comments.length) return;
  const { top } = column.getBoundingClientRect();
  let floor = (column.querySelector(":scope > :not(.comment)")?.offsetHeight ?? 0) + GAP;
  for (const comment of comments) {
    const mark = comment.dataset.at && document.getElementById(comment.dataset.at);
    const wish = mark ? mark.getBoundingClientRect().top - top - RISE : floor;
    comment.style.top = `${Math.max(floor, wish)}px`;
    floor = Math.max(floor, wish) + comment.offsetHeight + GAP;
  }
  column.style.minHeight = `${floor}px`;
}

document.fonts.ready.then(place);
addEventListener("resize", place);
document.addEventListener("htmx:afterSettle", place);
