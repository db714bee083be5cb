// Keeps the parts that the server draws up to date: fetches the fragment and swaps what changed.

const RETRY_MILLISECONDS = 2000;
// A request that nobody answers must not hold up the next one.
const PATIENCE_MS = 5000;
const BUSY = new Set([408, 429]);

function parts(page) {
  return [...page.querySelectorAll("[data-run-part]")];
}

/** A part as the server drew it, without the token that differs each time. */
function drawn(part) {
  const copy = part.cloneNode(true);
  copy.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((field) => field.remove());
  return copy.outerHTML;
}

/** Returns a function that asks for a refresh; any number of calls cost one request at a time. */
export function refresher(url, onSwapped) {
  // What was last drawn, because the live panel writes numbers into these parts.
  const last = new Map(parts(document).map((part) => [part.dataset.runPart, drawn(part)]));
  let busy = false;
  let wanted = false;

  function swap(page) {
    for (const fresh of parts(page)) {
      const name = fresh.dataset.runPart;
      const text = drawn(fresh);
      // A page may show fewer parts: that of a result has a heading of its own.
      if (!last.has(name) || text === last.get(name)) continue;
      last.set(name, text);
      document.querySelector(`[data-run-part="${name}"]`).replaceWith(document.adoptNode(fresh));
      if (fresh.dataset.pageTitle) document.title = fresh.dataset.pageTitle;
    }
  }

  async function fetchOnce() {
    const headers = { Accept: "text/html" };
    const answer = await fetch(url, { headers, signal: AbortSignal.timeout(PATIENCE_MS) });
    if (!answer.ok) return answer.status >= 500 || BUSY.has(answer.status);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    // Something other than the platform has answered: a captive portal, say.
    if (!parts(page).length) return true;
    swap(page);
    onSwapped();
    return false;
  }

  async function refresh() {
    wanted = true;
    if (busy) return;
    busy = true;
    while (wanted) {
      wanted = false;
      const failed = await fetchOnce().catch(() => true);
      if (failed) setTimeout(refresh, RETRY_MILLISECONDS);
    }
    busy = false;
  }

  return refresh;
}
