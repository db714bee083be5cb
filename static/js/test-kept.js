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

function isQuestion(it) {
  return it?.fields instanceof Object && Array.isArray(it.known);
}

/** What is kept, if it is what this script keeps. */
function parsed(text) {
  const kept = quietly(() => JSON.parse(text));
  return kept?.questions && Object.values(kept.questions).every(isQuestion) ? kept : null;
}

/** The sheets of other tests, finished elsewhere, and never opened here again. */
function forgetOld(ours) {
  const theirs = (name) => name.startsWith(PREFIX) && name !== ours;
  for (const key of Object.keys(localStorage).filter(theirs)) {
    const at = parsed(localStorage.getItem(key))?.at ?? 0;
    if (Date.now() - at > FORGET_MS) localStorage.removeItem(key);
  }
}

/** The place for what is not saved of one attempt, by question: its fields, and which saves of it
 * were known. */
export function keptSheet(attempt) {
  const key = PREFIX + attempt;
  // Tabs share the place; each changes only what it has put there.
  const tab = Math.random();
  // Not this one, even if it seems old: the clock may have been wrong when it was kept.
  quietly(() => forgetOld(key));

  const all = () => parsed(localStorage.getItem(key))?.questions ?? {};
  const others = () => Object.entries(all()).filter(([, question]) => question.tab !== tab);

  function put(entries) {
    const questions = Object.fromEntries(entries);
    if (entries.length === 0) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify({ questions, at: Date.now() }));
    return true;
  }

  return {
    read: () => quietly(all) ?? {},
    /** False when it cannot be kept. */
    write: (questions) => {
      const own = Object.entries(questions).map(([number, it]) => [number, { ...it, tab }]);
      return quietly(() => put([...others(), ...own])) ?? false;
    },
    forgetMine: () => quietly(() => put(others())),
    forget: () => quietly(() => localStorage.removeItem(key)),
  };
}
