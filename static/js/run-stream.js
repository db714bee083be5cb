// Follows a run: one EventSource, closed at the end and while the tab is hidden (a browser has six
// connections to share), with the JSON snapshot as the way round when no stream comes through.

const NAMES = ["status", "start", "tick", "epoch", "weights", "rewind", "result", "end"];
const POLL_MILLISECONDS = 2000;

/** Calls `onEvent({seq, name, data})` for each event, `onQueue(data)` for the place in the queue.
 *
 * A new EventSource begins with the first event again: whoever listens drops what it has seen.
 */
export function follow({ eventsUrl, snapshotUrl, onEvent, onQueue }) {
  let source = null;
  let timer = null;
  let ended = false;

  function take(event) {
    if (ended) return;
    if (event.name === "end") finish();
    onEvent(event);
  }

  function finish() {
    ended = true;
    close();
  }

  function close() {
    source?.close();
    source = null;
    stopPolling();
  }

  function open() {
    if (ended || source || document.hidden) return;
    source = new EventSource(eventsUrl);
    source.addEventListener("open", stopPolling);
    // Also when the browser will try again by itself: it may never get through.
    source.addEventListener("error", poll);
    source.addEventListener("queue", (event) => onQueue(JSON.parse(event.data)));
    for (const name of NAMES) {
      source.addEventListener(name, (event) => {
        take({ seq: Number(event.lastEventId), name, data: JSON.parse(event.data) });
      });
    }
  }

  function poll() {
    if (!ended && timer === null) timer = setTimeout(read, POLL_MILLISECONDS);
  }

  function stopPolling() {
    clearTimeout(timer);
    timer = null;
  }

  async function read() {
    try {
      const answer = await fetch(snapshotUrl, { headers: { Accept: "application/json" } });
      if (answer.ok) takeAll(await answer.json());
    } catch {
      // The network is away; the next look may find it.
    }
    if (timer !== null) {
      timer = null;
      poll();
    }
  }

  function takeAll(snapshot) {
    onQueue(snapshot.queue);
    for (const { id, event, data } of snapshot.events) take({ seq: id, name: event, data });
  }

  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  open();
}
