/* A form in the admin: leaving it with unsaved changes asks first. */

import { tellEarlyChanges } from "./early-changes.js";

const form = document.querySelector("#content-main form");
// A form that was refused still holds what is saved nowhere.
let unsaved = form.querySelector(".errorlist") !== null;

form.addEventListener("input", () => {
  unsaved = true;
});
document.addEventListener("formset:removed", () => {
  unsaved = true;
});
form.addEventListener("submit", () => {
  unsaved = false;
});
tellEarlyChanges(form);
window.addEventListener("beforeunload", (event) => {
  if (unsaved) event.preventDefault();
});
