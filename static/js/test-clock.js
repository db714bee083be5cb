// Counts down the time that is left, which the server sends with the page and with every answer.
//
// In between, two clocks of this machine are used. The page's own stops while the machine sleeps,
// and the wall clock may be set; so the one that has advanced further counts, and when they diverge
// the server is asked.

const ANNOUNCED = [
  [300, "5 minutes left."],
  [60, "1 minute left."],
];
// What is still being written is sent while the server takes it.
const LAST_SAVE = 2;
const PARTED_MS = 2000;
const PATIENCE_MS = 5000;

function written(seconds) {
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const tail = String(seconds % 60).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${tail}` : `${minutes}:${tail}`;
}

/** The page's clock starts when its first byte came. */
function arrival() {
  return performance.getEntriesByType("navigation")[0]?.responseStart ?? performance.now();
}

export class Clock {
  constructor(root, { address, nearlyOver, over, ended }) {
    Object.assign(this, { address, nearlyOver, over, ended });
    this.face = root.querySelector("[data-time-left]");
    this.said = root.parentElement.querySelector("[data-time-said]");
    this.before = Infinity;
    this.question = null;
    this.isEnding = this.isOver = false;
    const since = performance.now() - arrival();
    this.set(Number(root.dataset.secondsLeft), since);
    this.face.hidden = false;
    this.tick();
    document.addEventListener("visibilitychange", () => document.hidden || this.ask());
    window.addEventListener("pageshow", ({ persisted }) => persisted && this.ask());
    window.addEventListener("online", () => this.ask());
  }

  /** `seconds` were left `since` milliseconds ago. */
  set(seconds, since = 0) {
    this.whole = seconds * 1000;
    this.parted = 0;
    this.started = { page: performance.now() - since, wall: Date.now() - since };
  }

  /** Takes the time from the server's answer, if it has one. */
  heard(answer) {
    const told = answer.headers.get("X-Seconds-Left");
    if (told === null || this.isOver) return;
    this.set(Number(told));
    this.tick();
  }

  get passed() {
    const { page, wall } = this.started;
    return [performance.now() - page, Date.now() - wall];
  }

  get left() {
    return this.whole - Math.max(...this.passed);
  }

  tick() {
    window.clearTimeout(this.timer);
    if (this.havePartedFurther()) this.ask();
    const left = Math.max(0, Math.ceil(this.left / 1000));
    this.show(left);
    if (this.left > 0) this.timer = window.setTimeout(() => this.tick(), this.left % 1000 || 1000);
    else this.end();
  }

  /** Whether the machine has slept, or its clock was set, since the last call. */
  havePartedFurther() {
    const [page, wall] = this.passed;
    const apart = Math.abs(page - wall);
    if (Math.abs(apart - this.parted) < PARTED_MS) return false;
    this.parted = apart;
    return true;
  }

  show(left) {
    this.face.textContent = `Time left: ${written(left)}`;
    const passes = (mark) => this.before > mark && left <= mark;
    for (const [mark, text] of ANNOUNCED) {
      if (this.before !== Infinity && passes(mark)) this.said.textContent = text;
    }
    if (passes(LAST_SAVE)) this.nearlyOver();
    this.before = left;
  }

  /** By this machine's clocks the time is up. The server has the last word, if it can be reached. */
  async end() {
    if (this.isEnding || this.isOver) return;
    this.isEnding = true;
    const isReached = await this.ask();
    this.isEnding = false;
    if (this.left > 0 || this.isOver) return;
    if (!isReached && this.parted) {
      // One of the two clocks is wrong, and only the server knows which.
      this.timer = window.setTimeout(() => this.end(), PATIENCE_MS);
      return;
    }
    this.isOver = true;
    this.over();
  }

  /** Asks the server; resolves to whether it has answered. */
  ask() {
    if (this.isOver) return Promise.resolve(false);
    this.question ??= this.askOnce().finally(() => {
      this.question = null;
    });
    return this.question;
  }

  async askOnce() {
    try {
      const signal = AbortSignal.timeout(PATIENCE_MS);
      // Not to where it leads: that page is to be opened, with what it tells.
      const answer = await fetch(`${this.address}?part=time`, { signal, redirect: "manual" });
      if (answer.type === "opaqueredirect") {
        this.isOver = true;
        this.ended(this.address);
      } else {
        this.heard(answer);
      }
      return answer.ok;
    } catch {
      return false; // without a network, this machine's clocks have to suffice
    }
  }
}
