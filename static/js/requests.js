// Says what has become of a request that htmx made and that has failed. The note is in the form,
// hidden, with a text for each case.

import { renewTokens } from "./tokens.js";

const BUSY = new Set([408, 429]);

const OFFERS_MOVE = new Set(["guests", "changedWithWork"]);

const { member } = document.body.dataset;
let signedOut = false;

function note(event) {
  return event.detail.elt.querySelector("[data-request-failed]");
}

function tell(event, key, whose = "") {
  const found = note(event);
  signedOut = key === "signedOut";
  if (!found) return;
  found.querySelector("[data-request-why]").textContent = found.dataset[key] + whose;
  found.querySelector("[data-request-move]").hidden = !OFFERS_MOVE.has(key);
  found.querySelector("[data-request-sign-in]").hidden = !signedOut;
  found.hidden = false;
}

/** Signing in or out in another tab makes the page's tokens old. With fresh ones its forms can be
 * sent again, and the sender should know for whom. */
async function tellOfOldForm(event) {
  const page = await renewTokens();
  if (!page) tell(event, "old");
  else if (page.isGuests) tell(event, "guests");
  else if (page.member === null) tell(event, "changedToGuest");
  else tell(event, page.offersWork ? "changedWithWork" : "changed", page.member);
}

function refused(event) {
  const { xhr } = event.detail;
  const isSignedOut = member !== undefined && xhr.getResponseHeader("X-Signed-Out");
  if (isSignedOut) tell(event, "signedOut");
  else if (xhr.getResponseHeader("X-Guests-Work")) tell(event, "guests");
  else if (xhr.status === 403) tellOfOldForm(event);
  else tell(event, xhr.status >= 500 || BUSY.has(xhr.status) ? "busy" : "refused");
}

// A button of the form that leads elsewhere leaves the page, and htmx would stay on it.
document.addEventListener(
  "submit",
  (event) => {
    if (event.submitter?.hasAttribute("formaction")) event.stopPropagation();
  },
  { capture: true },
);

for (const failure of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(failure, (event) => tell(event, "unreached"));
}
document.addEventListener("htmx:responseError", refused);

document.addEventListener("htmx:configRequest", ({ detail }) => {
  // What a member answers is not to become a guest's when the session has ended.
  if (member !== undefined) detail.headers["X-Page-Of"] = "member";
});

document.addEventListener("htmx:beforeRequest", (event) => {
  const found = note(event);
  if (found) found.hidden = true;
});

// What had the focus once, and stays on the page, is not to take it from what is drawn anew.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  for (const old of detail.target.querySelectorAll("[autofocus]")) old.removeAttribute("autofocus");
});

// A refusal that is drawn for this very place says why in it.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (!detail.xhr.getResponseHeader("X-Drawn-Here")) return;
  detail.shouldSwap = true;
  detail.isError = false;
});

document.addEventListener("visibilitychange", () => {
  // The reader may have signed in meanwhile.
  if (!document.hidden && signedOut) renewTokens();
});
