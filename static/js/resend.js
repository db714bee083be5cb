// A form that is kept on a page is sent with the token of the person signed in by then: signing in, in
// another tab, has made the page's own too old.

import { renewTokens } from "./tokens.js";

const form = document.querySelector("[data-resend]");
let isOnItsWay = false;

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (isOnItsWay) return;
  isOnItsWay = true;
  await renewTokens(form.dataset.resend);
  // Not `form.submit()`: what is kept may have a field of that name.
  HTMLFormElement.prototype.submit.call(form);
  isOnItsWay = false;
});
