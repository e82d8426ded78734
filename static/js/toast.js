/* What was done, bottom left, for 8 s, one at a time. The server sends `HX-Trigger: {"toast": {"text": …}}` or a message. */
const STAY = 8000;

function watch(toast) {
  let timer = 0;
  const wait = () => {
    timer = setTimeout(() => toast.remove(), STAY);
  };
  toast.addEventListener("pointerenter", () => clearTimeout(timer));
  toast.addEventListener("pointerleave", wait);
  wait();
}

/** Shows one sentence; `undo` (an element or nothing) stands after it. */
export function toast(text, undo) {
  const place = document.querySelector("[data-toasts]");
  if (!place) return;
  const element = document.createElement("p");
  element.className = "toast";
  element.append(text, ...(undo ? [" ", undo] : []));
  place.replaceChildren(element);
  watch(element);
}

document.addEventListener("toast", (event) => toast(event.detail.text ?? String(event.detail.value ?? "")));
document.querySelectorAll("[data-toast]").forEach(watch);
