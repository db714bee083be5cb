// Counts, for each question on the page, the seconds that it was in front of an attentive reader,
// and keeps its hidden field up to date. The field begins with what the server knows.

const TICK_MS = 1000;
// A reader who has touched nothing for so long is taken to be away.
const PATIENCE_MS = 60_000;
// Timers rest while a machine sleeps; nobody has read in that time.
const LONGEST_MS = 2 * TICK_MS;
const SIGNS = ["pointerdown", "pointermove", "keydown", "scroll", "touchstart", "wheel"];

// Milliseconds by question, kept here while parts of the page are redrawn.
const counted = new Map();
let lastSign = performance.now();
let lastLook = lastSign;

function fields() {
  return [...document.querySelectorAll("[data-seconds]")];
}

/** A redrawn question continues from what was counted; one that is gone is forgotten. */
function settle(found) {
  const names = new Set(found.map((field) => field.dataset.seconds));
  for (const name of counted.keys()) if (!names.has(name)) counted.delete(name);
  for (const field of found) {
    const before = counted.get(field.dataset.seconds) ?? 0;
    const total = Math.max(before, Number(field.value) * 1000);
    counted.set(field.dataset.seconds, total);
    field.value = String(Math.floor(total / 1000));
  }
}

/** How far the question is from the middle of the window; Infinity when none of it is to be seen. */
function distance(field) {
  const { top, bottom } = field.closest(".card").getBoundingClientRect();
  if (bottom <= 0 || top >= window.innerHeight) return Infinity;
  const middle = window.innerHeight / 2;
  return Math.max(top - middle, middle - bottom, 0);
}

function attended(found) {
  const seen = found.filter((field) => distance(field) < Infinity);
  const focused = seen.find((field) => field.closest(".card").contains(document.activeElement));
  return focused ?? seen.sort((one, other) => distance(one) - distance(other))[0];
}

function look() {
  const now = performance.now();
  const attentive = Math.min(now, lastSign + PATIENCE_MS) - lastLook;
  const passed = Math.min(Math.max(attentive, 0), LONGEST_MS);
  lastLook = now;
  const found = fields();
  settle(found);
  const field = attended(found);
  if (!field || document.hidden) return;
  const total = counted.get(field.dataset.seconds) + passed;
  counted.set(field.dataset.seconds, total);
  field.value = String(Math.floor(total / 1000));
}

for (const sign of SIGNS) {
  document.addEventListener(
    sign,
    () => {
      lastSign = performance.now();
    },
    { capture: true, passive: true },
  );
}
// Before it is sent, and when a part was redrawn.
document.addEventListener("submit", look, { capture: true });
document.addEventListener("htmx:afterSwap", look);
document.addEventListener("visibilitychange", () => {
  // Time while the page was hidden does not count; coming back is a sign of attention.
  lastLook = lastSign = performance.now();
});
settle(fields());
window.setInterval(look, TICK_MS);
