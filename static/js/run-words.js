// Numbers as the server's templates write them (training_jobs/figures.py), and the player's words.

// Shown where there is no number.
const NONE = "–";
// From the first on, decimals mean nothing; from the second on, digits.
const LARGE = 1_000;
const HUGE = 1_000_000;

/** A number with a minus in place of a hyphen, and none before a zero. */
function withMinus(written) {
  if (!written.startsWith("-")) return written;
  const digits = written.slice(1);
  return /[1-9]/.test(digits) ? `−${digits}` : digits;
}

/** Like Python's format: a tie goes to the even digit, where `toFixed` goes up. */
export function fixed(value, digits) {
  const text = Math.abs(value).toFixed(digits);
  const isTie = Math.abs(value * 2 ** (digits + 1)) % 2 === 1;
  const isOdd = Number(text.at(-1)) % 2 === 1;
  const even = isTie && isOdd ? (Number(text) - 10 ** -digits).toFixed(digits) : text;
  return value < 0 ? `-${even}` : even;
}

export function percent(fraction) {
  const isNone = fraction === null || fraction === undefined;
  const written = isNone ? NONE : decimal(fraction * 100, 1);
  return written === NONE ? NONE : `${written}\u00a0%`;
}

/** From a thousand on without decimals, from a million on two digits and a power of ten. */
export function decimal(value, digits = 3) {
  if (!Number.isFinite(value)) return NONE;
  if (Math.abs(value) < LARGE) return withMinus(fixed(value, digits));
  if (Math.abs(value) < HUGE) return withMinus(fixed(value, 0).replace(/\B(?=(\d{3})+$)/g, ","));
  return power(value);
}

/** A number at an axis, or a change: as short as it can be. */
export function short(value) {
  return Math.abs(value) < HUGE ? withMinus(String(value)) : power(value);
}

function power(value) {
  return withMinus(value.toExponential(1).replace("e+", "e"));
}

/** What the accuracy at the playhead is called, and what it and the loss are of. */
export function readingWords({ ofTest, seconds }) {
  if (ofTest) return { name: "accuracy", of: "on the test rows, before training" };
  return { name: "training accuracy", of: seconds === undefined ? "by batches" : "whole epoch" };
}

/** The slider's value for those who hear it. */
export function positionText(at, epochs, reading) {
  const rounded = Number(fixed(at, 1));
  const place = `epoch ${rounded} of ${epochs}`;
  const told = `${readingWords(reading).name} ${percent(reading.accuracy)}`;
  return reading.ofTest ? `${place}, ${told} on the test rows, before training` : `${place}, ${told}`;
}

export function epochText(epoch, epochs) {
  const figures = `training accuracy ${percent(epoch.accuracy)}, loss ${decimal(epoch.loss)}`;
  return `Epoch ${epoch.epoch} of ${epochs}: ${figures}.`;
}

export function outcomeText(result) {
  const [before, after] = [result.test_accuracy_before, result.test_accuracy].map(percent);
  return `End of the run. Accuracy on the test rows: ${before} before training, ${after} after it.`;
}

/** What the playback is doing, in a few words. */
export function modeText({ playing, follow, at }, head, ended, seen = true) {
  if (ended && at >= head) return "at the end";
  if (follow) return "following the run live";
  if (!playing) return "paused";
  if (!seen) return "waits until the player is on the screen";
  if (ended) return "playing back the recording";
  return at >= head ? "waiting for the run" : `the run is ahead, at epoch ${fixed(head, 1)}`;
}
