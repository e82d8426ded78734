/* <button data-copy> copies: the text in the attribute, else the text of the .code, .secret or [data-copy-from] it stands in. */
const SAID = 1500;

function textFor(button) {
  if (button.dataset.copy) return button.dataset.copy;
  const block = button.closest("[data-copy-from], .code, .secret").cloneNode(true);
  for (const inner of block.querySelectorAll("button")) inner.remove();
  return block.textContent.trim();
}

function say(button, word) {
  const label = button.querySelector("[data-copy-word]") ?? button;
  const before = [...label.childNodes];
  label.replaceChildren(word);
  setTimeout(() => label.replaceChildren(...before), SAID);
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button || button.dataset.copying) return;
  button.dataset.copying = "";
  try {
    await navigator.clipboard.writeText(textFor(button));
    say(button, "Copied");
  } catch {
    say(button, "Select and copy it by hand");
  }
  setTimeout(() => delete button.dataset.copying, SAID);
});
