/* Hints open one by one: each waits until the one before it has been opened. Without this script
   they are plain, independent details. */

function waits(hint) {
  const before = hint.previousElementSibling;
  return Number(hint.dataset.hint) > 1 && before !== null && before.dataset.seen === undefined;
}

function show(hint) {
  const waiting = waits(hint);
  const summary = hint.querySelector("summary");
  hint.classList.toggle("waiting", waiting);
  hint.querySelector(".hint-wait").hidden = !waiting;
  if (waiting) {
    summary.setAttribute("aria-disabled", "true");
  } else {
    summary.removeAttribute("aria-disabled");
  }
}

const hints = [...document.querySelectorAll("[data-hint]")];

for (const hint of hints) {
  // Opened before this script was there.
  if (hint.open) hint.dataset.seen = "";
  show(hint);
  hint.querySelector("summary").addEventListener("click", (event) => {
    if (waits(hint)) event.preventDefault();
  });
  hint.addEventListener("toggle", () => {
    if (hint.open) hint.dataset.seen = "";
    hints.forEach(show);
  });
}
