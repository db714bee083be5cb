// Asks again and again while something goes on, and rests while the tab is hidden. For pages that
// follow several runs: a stream for each would take the six connections that a browser has.

const PAUSE_MILLISECONDS = 600;

/** Calls `look()`, an async function, until it returns false; a failed look is one more to make. */
export function poll(look) {
  let timer = null;
  let over = false;

  async function turn() {
    timer = null;
    try {
      over = !(await look());
    } catch {
      // The network is away, or the server restarts; the next look may find it.
    }
    wait();
  }

  function wait() {
    if (!over && !document.hidden) timer ??= setTimeout(turn, PAUSE_MILLISECONDS);
  }

  document.addEventListener("visibilitychange", wait);
  return turn();
}

/** The answer of a GET; throws unless it is a success. */
export async function get(address) {
  const answer = await fetch(address, { credentials: "same-origin" });
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer;
}
