// Sends what has changed on the sheet, one request at a time, and again until the server has it. What
// it has not is kept in the browser. Each save has a number, by which the server can tell what this
// page knows from what was saved elsewhere.

import { RUN, changedPlaces, drawnFieldsOf, fieldsAt, fieldsOf } from "./test-fields.js";
import { KnownSaves } from "./test-known.js";

const RETRY_MS = [1000, 2000, 5000, 10000, 30000];
// A request that nobody answers must not keep the next one waiting for good.
const PATIENCE_MS = 20000;
const BUSY = new Set([408, 429]);
const NOT_FOUND = 404;
// Each number is a random step above the last, so that two pages hardly ever use the same one.
const LONGEST_STEP = 1000;
const SIGNED_OUT = "X-Signed-Out";
const GUESTS_WORK = "X-Guests-Work";

/** Throws where the server could not take a request: it says nothing of the request itself. */
function checkTaken(answer) {
  if (answer.status >= 500 || BUSY.has(answer.status)) throw new Error(`status ${answer.status}`);
}

export class Saver {
  constructor(form, { kept, show, onSaved, onOvertaken }) {
    Object.assign(this, { form, kept, show, onSaved, onOvertaken });
    this.onAnswer = () => {};
    this.seq = form.elements.namedItem("seq");
    this.dirty = false;
    this.sending = false;
    this.underWay = null;
    this.stopped = false;
    this.failures = 0;
    this.isKept = true;
    // Why the server knows this sheet no longer as this person's: "signedOut"; "guests" once an
    // account was entered in another tab; "unknown" once a guest's session is gone; "other" for
    // an account that does not have it. Empty while it does.
    this.barred = "";
    this.timer = 0;
    this.last = { text: null, seq: 0 };
    this.saves = new KnownSaves(form.elements.namedItem("known"));
    // What the server has said that it has, at first by the page that it drew.
    this.known = drawnFieldsOf(form);
    // Places that were sent without a word of the server yet, by the number of the latest save.
    this.unsure = new Map();
    this.acked = 0;
  }

  get isAtRisk() {
    return this.dirty && (this.failures > 0 || this.barred) && !this.isKept;
  }

  changed() {
    if (this.stopped) return;
    this.dirty = true;
    this.keep();
  }

  keep() {
    const fields = fieldsOf(this.form);
    const entries = this.unsaved(fields).map((place) => [
      place,
      { fields: fieldsAt(place, fields), known: this.saves.of(place) },
    ]);
    this.isKept = this.kept.write(Object.fromEntries(entries));
  }

  /** The places that the server may not have as they are here. */
  unsaved(fields) {
    return [...new Set([...changedPlaces(fields, this.known), ...this.unsure.keys()])];
  }

  saveIn(ms) {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.save(), ms);
  }

  async save() {
    window.clearTimeout(this.timer);
    if (this.sending || this.stopped || !this.dirty) return;
    this.sending = true;
    this.underWay = this.sendChanges();
    await this.underWay;
    // What changed while this request was under way; after a failure the timer sends it.
    if (this.dirty && this.failures === 0 && !this.barred) this.save();
  }

  async sendChanges() {
    this.dirty = false;
    // The way back stays where it is: to click it may be what gave this window the focus.
    if (!this.barred) this.show("saving");
    try {
      const patience = { signal: AbortSignal.timeout(PATIENCE_MS) };
      const sending = this.send(patience);
      const { seq } = this.last;
      let answer = await sending;
      if (answer.status === 403) {
        const page = await this.freshPage();
        if (await this.renewToken(page)) answer = await this.send(patience);
        // The page knows whose the sheet is, to anyone who is signed in.
        else if (page.status === NOT_FOUND && !answer.headers.has(SIGNED_OUT)) answer = page;
      }
      this.received(answer, await answer.text(), seq);
    } catch {
      this.wait();
    }
    this.sending = false;
  }

  /** At the end of the page nobody waits for an answer, nor for a request that is under way. */
  flush() {
    if (this.stopped || !this.dirty) return;
    if (this.sending) this.send({}).catch(() => {});
    else this.save();
  }

  /** The form itself is on its way to the server. */
  leave() {
    window.clearTimeout(this.timer);
    this.dirty = false;
  }

  async send(options) {
    const fields = fieldsOf(this.form);
    const body = this.changes(fields);
    const { seq } = this.last;
    const answer = await fetch(this.form.action, {
      method: "POST",
      body,
      headers: { "HX-Request": "true" },
      // Lets the request finish when the tab is closed right after a choice.
      keepalive: true,
      ...options,
    });
    checkTaken(answer);
    if (answer.ok && !answer.redirected) this.acknowledged(fields, seq);
    return answer;
  }

  /** The form of a save. The same changes keep their number however often they are sent: they may
   * have arrived. */
  changes(fields) {
    const places = this.unsaved(fields);
    const questions = places.filter((place) => place !== RUN);
    const posted = new URLSearchParams();
    for (const number of questions) posted.set(`asked-${number}`, "1");
    for (const [name, values] of places.flatMap((place) => Object.entries(fieldsAt(place, fields)))) {
      for (const value of values) posted.append(name, value);
    }
    this.number(posted.toString());
    posted.set("known", this.saves.field.value);
    for (const place of places) {
      this.unsure.set(place, this.last.seq);
      this.saves.add(place, [this.last.seq]);
    }
    for (const number of questions) {
      posted.set(`seconds-${number}`, this.form.elements.namedItem(`seconds-${number}`).value);
    }
    posted.set("seq", String(this.last.seq));
    posted.set("csrfmiddlewaretoken", this.form.elements.namedItem("csrfmiddlewaretoken").value);
    return posted;
  }

  async freshPage() {
    const page = await fetch(this.form.action, { signal: AbortSignal.timeout(PATIENCE_MS) });
    checkTaken(page); // else it says nothing of whose the sheet is
    return page;
  }

  /** Signing in, in another tab, invalidates the form's token; the page as it is now has a valid one.
   * True if it is there. */
  async renewToken(page) {
    if (!page.ok) return false;
    const parsed = new DOMParser().parseFromString(await page.text(), "text/html");
    // Of a test that has ended this is its result: any form of it has the token.
    const fresh = parsed.querySelector("[name=csrfmiddlewaretoken]");
    if (!fresh) return false;
    this.form.elements.namedItem("csrfmiddlewaretoken").value = fresh.value;
    return true;
  }

  number(text) {
    if (text === this.last.text) return;
    const seq = Math.max(Number(this.seq.value), this.saves.newest + 1);
    this.last = { text, seq: seq + Math.floor(Math.random() * LONGEST_STEP) };
    this.seq.value = String(this.last.seq + 1);
  }

  acknowledged(fields, seq) {
    if (seq < this.acked) return; // a late word on an older save
    this.acked = seq;
    this.known = fields;
    for (const [place, latest] of this.unsure) {
      if (latest > seq) continue;
      this.unsure.delete(place);
      this.saves.settle(place, latest);
    }
  }

  barOf(answer) {
    if (answer.headers.has(GUESTS_WORK)) return "guests";
    if (!answer.headers.has(SIGNED_OUT)) return answer.status === NOT_FOUND ? "other" : "";
    return "member" in this.form.dataset ? "signedOut" : "unknown";
  }

  received(answer, html, seq) {
    this.failures = 0;
    this.barred = this.barOf(answer);
    this.onAnswer(answer);
    if (answer.redirected) {
      this.goTo(answer.url);
    } else if (answer.ok) {
      if (!this.dirty) this.kept.forgetMine();
      this.onSaved(html);
      this.show(this.dirty ? "saving" : "saved");
    } else if (answer.status === 409 && seq < this.last.seq) {
      this.dirty = true; // overtaken by a later save of this very page
    } else if (answer.status === 409) {
      this.stopped = true;
      this.show("overtaken", html);
      this.onOvertaken();
    } else if (answer.status === 422) {
      this.kept.forgetMine();
      this.show("refused", html);
    } else if (this.barred) {
      this.dirty = true;
      this.keep();
      // To a guest who is gone, what this browser keeps is of no use.
      const isLost = !this.isKept && this.barred !== "unknown";
      this.show(isLost ? `${this.barred}Lost` : this.barred);
    } else {
      this.show("refused");
    }
  }

  /** Finished in another tab, or by the clock: show where it went. */
  goTo(address) {
    this.stopped = true;
    this.kept.forget();
    window.location.assign(address);
  }

  wait() {
    this.dirty = true;
    this.show("waiting");
    this.saveIn(RETRY_MS[Math.min(this.failures, RETRY_MS.length - 1)]);
    this.failures += 1;
  }
}
