/* "Insert chart": a small form whose answer is a block of text at the cursor. */

/** YAML that reads back as this text, whatever it holds. */
const scalar = (text) => (/^[\w./-][\w ./:-]*$/.test(text) && !/: |^-+( |$)|:$| $/.test(text) ? text : JSON.stringify(text));

function insertChart(panel, source) {
  const fields = [...panel.querySelectorAll("[data-setting]")].filter((field) => field.value.trim());
  const settings = fields.map((field) => `${field.dataset.setting}: ${scalar(field.value.trim())}`);
  const before = source.value.slice(0, source.selectionEnd);
  const gap = !before || before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
  const block = ["```chart", "kind: line", ...settings, "```", ""].join("\n");
  source.setRangeText(`${gap}${block}\n`, source.selectionEnd, source.selectionEnd, "end");
  panel.closest("details").open = false;
  source.focus(); // the cursor stands after the block
  source.dispatchEvent(new Event("input", { bubbles: true }));
}

/** A field of blanks is empty too; what is missing is said in our words. */
function complain({ target }) {
  if (!target.required) return;
  target.setCustomValidity(target.value.trim() ? "" : target.dataset.missing);
}

export function listenToChartForm(panel, source) {
  panel.addEventListener("input", complain);
  for (const target of panel.querySelectorAll("[required]")) complain({ target });
  panel.addEventListener("submit", (event) => {
    event.preventDefault();
    insertChart(panel, source);
  });
}
