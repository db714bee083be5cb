// Says whether the sheet is saved: always on the page, and aloud only when that has changed.

const ALOUD = new Set([
  "saved",
  "waiting",
  "overtaken",
  "ended",
  "refused",
  "signedOut",
  "signedOutLost",
  "guests",
  "guestsLost",
  "unknown",
  "other",
  "otherLost",
]);

function clock() {
  return new Date().toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
}

// While the page holds more than the server has.
const BEHIND = /^(waiting|overtaken|ended|refused|signedOut|guests|unknown|other)/;

/** What is counted beside the questions is what the server has. */
function count(form, isBehind) {
  const counts = form.querySelector("[data-counts]");
  counts.dataset.asDrawn ??= counts.textContent;
  counts.textContent = isBehind ? counts.dataset.behind : counts.dataset.asDrawn;
}

export function words(form) {
  const state = form.querySelector("[data-save-state]");
  const note = form.querySelector("[data-save-note]");
  const said = form.querySelector("[data-save-said]");
  const reload = form.querySelector("[data-save-reload]");
  const result = form.querySelector("[data-save-result]");
  const signIn = form.querySelector("[data-save-sign-in]");
  const begin = form.querySelector("[data-save-begin]");
  const move = form.querySelector("[data-save-move]");
  let last = "ready";

  /** `key` names one of the texts on the element; `text` is said instead of it. */
  function show(key, text = state.dataset[key]) {
    state.textContent = key === "saved" ? `${text} ${clock()}` : text;
    state.parentElement.dataset.kind = key;
    if (key !== "saving") count(form, BEHIND.test(key));
    reload.hidden = key !== "overtaken" && key !== "refused";
    result.hidden = key !== "ended";
    move.hidden = !key.startsWith("guests");
    if (begin) begin.hidden = key !== "unknown"; // a withdrawn topic has no new test
    signIn.hidden = !key.startsWith("signedOut") && key !== "unknown";
    if (!ALOUD.has(key) || key === last) return;
    last = key;
    said.textContent = key === "saved" ? "Saved." : text;
  }

  /** `numbers` are of the questions that the text is about. */
  function tell(key, numbers = []) {
    note.textContent = note.dataset[key].replace("#", numbers.join(", "));
    note.hidden = false;
    said.textContent = note.textContent;
  }

  return { show, tell, reload };
}
