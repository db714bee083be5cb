// The page of an open test: saved as one goes, kept while there is no connection, ended by the clock.

import { Clock } from "./test-clock.js";
import { RUN, alike, changedFields, fieldsAt, fieldsOf, isOurs, isTyped, putIn } from "./test-fields.js";
import { keptSheet } from "./test-kept.js";
import { swapParts } from "./test-parts.js";
import { Saver } from "./test-saver.js";
import { words } from "./test-words.js";
import { tellBack, tellNothing, tellUnsent } from "./unsent.js";

const TYPING_MS = 500;

const form = document.querySelector("[data-autosave]");
const finish = form.querySelector("[data-finish]");
const limit = form.querySelector("[data-seconds-left]");
const kept = keptSheet(form.dataset.autosave);
const { show, tell, reload } = words(form);
const saver = new Saver(form, { kept, show, onSaved: swapParts, onOvertaken: lock });

let isReached = false;

/** Another tab has gone on: what stands here stays to be read, and goes nowhere. */
function lock() {
  tellNothing();
  form.dataset.stopped = ""; // its counts are from before
  const held = form.contains(document.activeElement);
  for (const element of form.querySelectorAll("fieldset, .look-again input, .finish input, button")) {
    element.disabled = true;
  }
  if (held) reload.focus({ preventScroll: true });
}

/** Puts in what this browser kept of each place, unless something else was saved there since;
 * `early` came after it. */
function restore(early) {
  const back = {};
  const dropped = [];
  for (const [place, { fields, known }] of Object.entries(kept.read())) {
    if (alike(fields, fieldsAt(place, saver.known))) continue;
    if (saver.saves.areOf(place, known)) {
      Object.assign(back, fields);
      saver.saves.add(place, known);
    } else dropped.push(place === RUN ? "prediction or seed" : place);
  }
  kept.forget();
  putIn(form, { ...back, ...early });
  if (dropped.length > 0) tell("dropped", dropped);
  else if (Object.keys(back).length > 0) tell("restored");
}

/** Saves what was kept, and what was answered before this script was there. */
function catchUp() {
  restore(changedFields(fieldsOf(form), saver.known));
  if (alike(fieldsOf(form), saver.known)) return;
  saver.changed();
  saver.save();
}

/** Lets the form go once the server answers; else its answers would end on the browser's error page. */
async function submitWhenReached(submitter) {
  saver.changed();
  // A save that is under way is no sign of a lost connection.
  while (saver.sending) await saver.underWay;
  await saver.save();
  if (saver.stopped) return;
  if (saver.failures > 0 || saver.sending) {
    tellUnsent(submitter);
    return;
  }
  isReached = true;
  form.requestSubmit(submitter);
}

function submitted(event) {
  const saves = event.submitter?.hasAttribute("data-save-now");
  const isDoubtful = !isReached && (saver.failures > 0 || !navigator.onLine);
  if (saver.stopped || saves || isDoubtful) event.preventDefault();
  if (saver.stopped) return;
  if (saves) {
    saver.changed();
    saver.save();
  } else if (isDoubtful) {
    submitWhenReached(event.submitter);
  } else {
    saver.leave();
  }
}

/** The server has the last word; a form that it would send back must not ask it again and again. */
function timeIsUp() {
  if (saver.stopped || !form.checkValidity() || form.querySelector("[aria-invalid=true]")) {
    window.location.replace(form.action);
  } else {
    form.requestSubmit(finish);
  }
}

/** A page that has stopped saving learns only so that the test has ended. */
async function askWhetherEnded() {
  const question = fetch(`${form.action}?part=time`, { redirect: "manual" });
  const answer = await question.catch(() => null);
  if (answer?.type === "opaqueredirect") show("ended");
}

/** The learner may have signed in, moved a guest's work, or ended the test, meanwhile. */
function comeBack() {
  if (saver.stopped) askWhetherEnded();
  else if (saver.barred) saver.save();
}

form.addEventListener("input", ({ target }) => {
  if (!isOurs(target)) return;
  saver.changed();
  if (isTyped(target)) saver.saveIn(TYPING_MS);
});
form.addEventListener("change", ({ target }) => {
  if (isOurs(target)) saver.save();
});
form.addEventListener("submit", submitted);
// Its numbers are from before it was left.
window.addEventListener("pageshow", ({ persisted }) => persisted && window.location.reload());
window.addEventListener("online", () => saver.save());
window.addEventListener("pagehide", () => saver.flush());
document.addEventListener("visibilitychange", () => {
  if (document.hidden) saver.flush();
  else comeBack();
});
// From another window beside this one, too: then nothing was hidden.
window.addEventListener("focus", comeBack);
window.addEventListener("beforeunload", (event) => {
  if (saver.isAtRisk) event.preventDefault();
});

show("ready");
catchUp();
saver.onAnswer = tellBack;
if (limit) {
  const clock = new Clock(limit, {
    address: form.action,
    nearlyOver: () => saver.flush(),
    over: timeIsUp,
    ended: (address) => saver.goTo(address),
  });
  saver.onAnswer = (answer) => {
    tellBack();
    clock.heard(answer);
  };
}
