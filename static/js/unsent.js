// Without a connection, a form that is sent ends on the browser's own error page. Here its page stays,
// and says by the button what was not done. The words are in the base template.

const note = document.getElementById("unsent").content.firstElementChild;

/** `#` in the words stands for what the button has not done. */
function say(key) {
  note.textContent = note.dataset[key].replace("#", note.dataset.undone);
}

/** Says by the button that there is no connection. */
export function tellUnsent(button) {
  note.dataset.undone = button.dataset.undone ?? "Not sent";
  say("cutOff");
  const row = button.closest("p, .actions, [role=group]");
  (button.form.contains(row) ? row : button).after(note);
}

/** What was not done stays so until the button is pressed again. */
export function tellBack() {
  if (note.isConnected) say("back");
}

/** For a page on which the button cannot be pressed again. */
export function tellNothing() {
  note.remove();
}

/** Whether the server answers. A browser without a network may still reach one on its own machine. */
export async function isReached() {
  if (navigator.onLine) return true;
  const question = fetch(window.location.href, { method: "HEAD", cache: "no-store" });
  return question.then(() => true, () => false);
}

/** The sheet of a test keeps what is in it, and tries again; a request of htmx has its own words. */
function tellsItself({ target: form, submitter }) {
  if (form.hasAttribute("data-autosave")) return true;
  const isRequest = form.hasAttribute("hx-post") && !submitter?.hasAttribute("formaction");
  return isRequest && form.querySelector("[data-request-failed]") !== null;
}

// The form that is being sent after the server was seen to answer.
let reached = null;

async function sendIfReached(form, button) {
  if (await isReached()) {
    reached = form;
    form.requestSubmit(button);
    reached = null;
  } else {
    tellUnsent(button);
  }
}

function submitted(event) {
  tellNothing();
  const form = event.target;
  if (navigator.onLine || form === reached || tellsItself(event)) return;
  event.preventDefault();
  event.stopPropagation();
  sendIfReached(form, event.submitter ?? form.querySelector("button"));
}

// Before what else listens to a form: it might send it on its own.
window.addEventListener("submit", submitted, { capture: true });
window.addEventListener("online", tellBack);
