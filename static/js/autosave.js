/* Saves a test while it is being taken: after every change the whole sheet is sent with a rising
   sequence number, one request at a time, and again until the server has it. */

const RETRY_MS = [1000, 2000, 5000, 10000];

const form = document.querySelector("[data-autosave]");
const state = form.querySelector("[data-save-state]");
const seq = form.elements.namedItem("seq");
let dirty = false;
let sending = false;
let failures = 0;
let timer = 0;

function say(text) {
  state.textContent = text;
}

function sheet() {
  const posted = new URLSearchParams(new FormData(form));
  seq.value = String(Number(seq.value) + 1);
  return posted;
}

async function send() {
  const answer = await fetch(form.action, {
    method: "POST",
    body: sheet(),
    headers: { "HX-Request": "true" },
    // Lets the request finish when the tab is closed right after a choice.
    keepalive: true,
  });
  if (answer.status >= 500) throw new Error(`status ${answer.status}`);
  return answer;
}

function received(answer, html) {
  failures = 0;
  if (answer.redirected) {
    // Finished in another tab: show where it went.
    window.location.assign(answer.url);
  } else if (answer.ok) {
    form.querySelector("[data-saved]").innerHTML = html;
    say(dirty ? state.dataset.saving : state.dataset.savedText);
  } else if (answer.status === 409) {
    say(html);
  } else {
    say(state.dataset.refused);
  }
}

function wait() {
  dirty = true;
  say(state.dataset.waiting);
  timer = window.setTimeout(save, RETRY_MS[Math.min(failures, RETRY_MS.length - 1)]);
  failures += 1;
}

async function save() {
  window.clearTimeout(timer);
  if (sending || !dirty) return;
  sending = true;
  dirty = false;
  say(state.dataset.saving);
  try {
    const answer = await send();
    received(answer, await answer.text());
  } catch {
    wait();
  }
  sending = false;
  // What changed while this request was under way; after a failure the timer sends it.
  if (dirty && failures === 0) save();
}

form.addEventListener("change", (event) => {
  if (event.target.type !== "radio") return;
  dirty = true;
  save();
});
window.addEventListener("online", save);
window.addEventListener("beforeunload", (event) => {
  if (dirty && failures > 0) event.preventDefault();
});
form.addEventListener("submit", () => {
  dirty = false;
});
