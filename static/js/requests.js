/* Says so when a request that htmx made has failed: the note is in the form, hidden. */

function note(event) {
  return event.detail.elt.querySelector("[data-request-failed]");
}

function show(event) {
  const found = note(event);
  if (found) found.hidden = false;
}

for (const failure of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(failure, show);
}

document.addEventListener("htmx:beforeRequest", (event) => {
  const found = note(event);
  if (found) found.hidden = true;
});
