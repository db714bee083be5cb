// Follows a run: one EventSource, closed at the end and while the tab is hidden (a browser has six
// connections to share). An open stream proves nothing: a proxy may buffer it, or the network may
// have changed. So it is trusted only while it speaks; the server sends "alive" every three seconds.
// When it falls silent, is refused or cut, the JSON snapshot gives the run's state, and the stream is
// tried again after growing pauses.

const NAMES = ["status", "start", "tick", "epoch", "weights", "rewind", "result", "end"];
const ACTIVE = ["queued", "running"];
// More than twice the pause between two signs of life, and well within what a reader waits.
const SILENCE_MS = 7000;
const POLL_MS = [2000, 2000, 4000, 8000];
const RECONNECT_MS = [1000, 2000, 5000, 10000, 30000];
// A request that nobody answers must not hold up the next one.
const PATIENCE_MS = 5000;

function pause(pauses, failures) {
  return pauses[Math.min(failures, pauses.length - 1)];
}

class Follower {
  constructor({ eventsUrl, snapshotUrl, onEvent, onQueue }) {
    Object.assign(this, { eventsUrl, snapshotUrl, onEvent, onQueue });
    this.last = 0;
    this.ended = false;
    this.source = null;
    this.timers = {};
    // Whether the stream that is open now has said anything.
    this.live = false;
    this.lost = 0;
    this.unread = 0;
    this.reading = false;
  }

  /** Calls `act` once, `ms` from now; a second timer of the same name replaces the first. */
  later(ms, name, act) {
    clearTimeout(this.timers[name]);
    this.timers[name] = setTimeout(() => {
      delete this.timers[name];
      act();
    }, ms);
  }

  stop(name) {
    clearTimeout(this.timers[name]);
    delete this.timers[name];
  }

  open() {
    if (this.ended || this.source || document.hidden) return;
    this.stop("reconnect");
    // Events that are here already are not sent again: otherwise a connection that is always cut
    // after the same number of bytes would make no progress.
    const source = new EventSource(this.after(this.eventsUrl));
    this.source = source;
    this.expectSign();
    source.addEventListener("error", () => this.onError(source));
    source.addEventListener("alive", () => this.heard());
    source.addEventListener("queue", (event) => {
      this.heard();
      this.onQueue(JSON.parse(event.data));
    });
    for (const name of NAMES) {
      source.addEventListener(name, (event) => {
        this.heard();
        this.take({ seq: Number(event.lastEventId), name, data: JSON.parse(event.data) });
      });
    }
  }

  after(address) {
    return this.last ? `${address}?after=${this.last}` : address;
  }

  shut() {
    this.source?.close();
    this.source = null;
    this.live = false;
  }

  close() {
    this.shut();
    for (const name of Object.keys(this.timers)) this.stop(name);
  }

  expectSign() {
    this.later(SILENCE_MS, "silence", () => this.lose());
  }

  heard() {
    if (this.ended || !this.source) return;
    this.live = true;
    this.lost = 0;
    this.stop("poll");
    this.expectSign();
  }

  /** The browser itself retries a stream that was cut, but not one that was refused. */
  onError(source) {
    if (source !== this.source) return;
    this.live = false;
    if (source.readyState === EventSource.CLOSED) this.lose();
    else this.pollSoon();
  }

  /** Gives the stream up for now: reads the snapshot, and tries the stream again later. */
  lose() {
    this.shut();
    this.stop("silence");
    if (this.ended || document.hidden) return;
    this.later(pause(RECONNECT_MS, this.lost), "reconnect", () => this.open());
    this.lost += 1;
    this.read();
  }

  pollSoon() {
    if (this.ended || document.hidden || this.reading || this.timers.poll) return;
    this.later(pause(POLL_MS, this.unread), "poll", () => this.read());
  }

  async read() {
    if (this.reading) return;
    this.stop("poll");
    this.reading = true;
    try {
      this.takeAll(await this.snapshot());
      this.unread = 0;
    } catch {
      // The network is away, or something other than the platform answers; the next try may succeed.
      this.unread += 1;
    }
    this.reading = false;
    // Until the stream speaks again.
    if (!this.live) this.pollSoon();
  }

  async snapshot() {
    const answer = await fetch(this.after(this.snapshotUrl), {
      headers: { Accept: "application/json" },
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    return answer.json();
  }

  takeAll({ state, queue, events }) {
    for (const { id, event, data } of events) this.take({ seq: id, name: event, data });
    this.onQueue(queue);
    // The history of an old run may have been removed, its end with it.
    if (!ACTIVE.includes(state)) this.finish();
  }

  take(event) {
    if (this.ended || event.seq <= this.last) return;
    this.last = event.seq;
    if (event.name === "end") this.finish();
    this.onEvent(event);
  }

  finish() {
    this.ended = true;
    this.close();
  }

  /** The machine slept, the network changed, or the page was restored: begin again. */
  renew() {
    this.close();
    this.lost = 0;
    this.open();
  }
}

/** Calls `onEvent({seq, name, data})` once for each event, in their order, and `onQueue(data)` for
 * the place in the queue. */
export function follow(options) {
  const follower = new Follower(options);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) follower.close();
    else follower.renew();
  });
  window.addEventListener("pageshow", ({ persisted }) => persisted && follower.renew());
  window.addEventListener("online", () => follower.renew());
  follower.open();
}
