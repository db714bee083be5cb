/* The page of a question: shows what its kind needs, and keeps the focus where rows come and go.
   Without this script everything is shown, and headings say what belongs to which kind. */

const kind = document.getElementById("id_kind");
const NUMBERS = ["numeric"];
const CHOSEN = ["single", "multiple", "true_false"];
const STATEMENT = ["True", "False"];
const PARTS = {
  ".only-multiple": ["multiple"],
  ".only-mixed": ["single", "multiple"],
  ".only-numeric": NUMBERS,
  "#near_misses-group": NUMBERS,
  "#choices-group": CHOSEN,
};

/** What was written or has to be fixed is never hidden. */
function holdsSomething(part) {
  const written = [...part.querySelectorAll("textarea, [name$=value]")];
  return (
    written.some((field) => field.value.trim()) ||
    part.querySelector(".errorlist, [name=keep_order]:checked") !== null
  );
}

const isStatement = () => kind.value === "true_false";
const newOptions = () => [
  ...document.querySelectorAll("#choices-group .inline-related:not(.has_original, .empty-form)"),
];

function showWhatIsNeeded() {
  for (const [selector, kinds] of Object.entries(PARTS)) {
    const part = document.querySelector(selector);
    part.hidden = !kinds.includes(kind.value) && !holdsSomething(part);
  }
  for (const row of newOptions().slice(STATEMENT.length)) {
    row.hidden = isStatement() && !holdsSomething(row);
  }
}

/** The options of a statement to judge are always the same; what somebody wrote is left alone. */
function writeStatement() {
  const texts = newOptions().map((row) => row.querySelector("[name$='-text']"));
  const untouched = isStatement() ? "" : STATEMENT.join("");
  if (texts.map((text) => text.value).join("") !== untouched) return;
  texts.slice(0, STATEMENT.length).forEach((text, at) => {
    text.value = isStatement() ? STATEMENT[at] : "";
  });
}

// Those who may only look at a question have no field for its kind.
if (kind) {
  kind.addEventListener("change", writeStatement);
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
