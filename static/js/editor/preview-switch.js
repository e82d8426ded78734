/* The preview stands beside the text where there is room, and the button takes it away; on a phone it takes the text's place. */
const narrow = matchMedia("(max-width: 720px)");

export function listenToPreviewSwitch(editor, button) {
  const tell = () => {
    const shown = narrow.matches ? editor.classList.contains("is-preview") : !editor.classList.contains("is-source");
    button.setAttribute("aria-pressed", String(shown));
  };
  button.addEventListener("click", (event) => {
    event.preventDefault(); // without this file it sends the form, and the answer has a preview
    editor.classList.toggle(narrow.matches ? "is-preview" : "is-source");
    tell();
  });
  narrow.addEventListener("change", tell);
  tell();
}
