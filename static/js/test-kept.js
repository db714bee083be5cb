// Keeps what is not saved yet in this browser. Storage may be full, or forbidden: then nothing is kept.

const PREFIX = "weightwise-sheet-";
const FORGET_MS = 30 * 24 * 3600 * 1000;

function quietly(work) {
  try {
    return work();
  } catch {
    return null;
  }
}

function parsed(text) {
  const kept = quietly(() => JSON.parse(text));
  return kept?.fields && Number.isInteger(kept.seq) ? kept : null;
}

/** The sheets of other tests, finished elsewhere, and never opened here again. */
function forgetOld(ours) {
  const theirs = (name) => name.startsWith(PREFIX) && name !== ours;
  for (const key of Object.keys(localStorage).filter(theirs)) {
    const at = parsed(localStorage.getItem(key))?.at ?? 0;
    if (Date.now() - at > FORGET_MS) localStorage.removeItem(key);
  }
}

/** The place for one attempt's sheet. */
export function keptSheet(attempt) {
  const key = PREFIX + attempt;
  // Tabs share the place; each removes only what it has put there.
  const tab = Math.random();
  // Not this one, even if it seems old: the clock may have been wrong when it was kept.
  quietly(() => forgetOld(key));
  return {
    read: () => quietly(() => parsed(localStorage.getItem(key))),
    /** False when it cannot be kept. */
    write: (seq, fields) =>
      quietly(() => {
        localStorage.setItem(key, JSON.stringify({ tab, seq, fields, at: Date.now() }));
        return true;
      }) ?? false,
    forgetMine: () =>
      quietly(() => {
        if (parsed(localStorage.getItem(key))?.tab === tab) localStorage.removeItem(key);
      }),
    forget: () => quietly(() => localStorage.removeItem(key)),
  };
}
