/* The page of a question: shows what its kind needs, and keeps the focus where rows come and go.
   Without this script everything is shown, and headings say what belongs to which kind. */

const kind = document.getElementById("id_kind");
const NUMBERS = ["numeric"];
const CHOSEN = ["single", "multiple", "true_false"];
const PARTS = {
  ".only-multiple": ["multiple"],
  ".only-numeric": NUMBERS,
  "#near_misses-group": NUMBERS,
  "#choices-group": CHOSEN,
};

/** What was written or has to be mended is never hidden. */
function holdsSomething(part) {
  const written = [...part.querySelectorAll("textarea, [name$=value]")];
  return written.some((field) => field.value.trim()) || part.querySelector(".errorlist") !== null;
}

function showWhatIsNeeded() {
  for (const [selector, kinds] of Object.entries(PARTS)) {
    const part = document.querySelector(selector);
    part.hidden = !kinds.includes(kind.value) && !holdsSomething(part);
  }
}

// Who may only look at a question has no field for its kind.
if (kind) {
  kind.addEventListener("change", showWhatIsNeeded);
  showWhatIsNeeded();
}

document.addEventListener("formset:added", ({ target: row }) => {
  row.setAttribute("aria-labelledby", row.querySelector("h3 [id]").id);
  row.querySelector("textarea, input:not([type=hidden])").focus();
});

document.addEventListener("formset:removed", ({ detail }) => {
  document.querySelector(`#${detail.formsetName}-group .add-row a`).focus();
});
