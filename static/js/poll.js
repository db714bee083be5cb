// Asks again and again while something goes on, and rests while the tab is hidden. For pages that
// follow several runs: a stream for each would take the six connections that a browser has.

const PAUSE_MILLISECONDS = 600;
const LONGEST_MILLISECONDS = 8000;
// A request that nobody answers must not hold up the next one.
const PATIENCE_MS = 5000;

/** Calls `look()`, an async function, until it returns false; a failed look is one more to make. */
export function poll(look) {
  let timer = null;
  let looking = false;
  let over = false;
  let failures = 0;

  async function turn() {
    clearTimeout(timer);
    timer = null;
    if (looking || over) return;
    looking = true;
    try {
      over = !(await look());
      failures = 0;
    } catch {
      // The network is away, or the server restarts; the next look may find it.
      failures += 1;
    }
    looking = false;
    wait();
  }

  function wait() {
    if (over || looking || document.hidden) return;
    timer ??= setTimeout(turn, Math.min(PAUSE_MILLISECONDS * 2 ** failures, LONGEST_MILLISECONDS));
  }

  document.addEventListener("visibilitychange", () => document.hidden || turn());
  window.addEventListener("online", turn);
  window.addEventListener("pageshow", ({ persisted }) => persisted && turn());
  return turn();
}

/** The answer of a GET; throws unless it is a success. */
export async function get(address) {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const answer = await fetch(address, { credentials: "same-origin", signal });
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer;
}
