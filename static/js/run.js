// The live panel of a run: folds its events, plays them at reading pace, and draws them.

import { chart } from "./run-charts.js";
import { dark } from "./run-colours.js";
import { controls } from "./run-controls.js";
import { refresher } from "./run-facts.js";
import { EMPTY, fold, head, reading } from "./run-history.js";
import { drawLayers } from "./run-layers.js";
import { drawMaps } from "./run-maps.js";
import * as playing from "./run-player.js";
import { drawSpreads } from "./run-spreads.js";
import { follow } from "./run-stream.js";
import { voice } from "./run-voice.js";
import { drawWatched } from "./run-watched.js";
import { epochText, outcomeText } from "./run-words.js";

const REDRAWN_BY = new Set(["status", "start", "epoch", "rewind", "result", "end"]);
// Often enough to look smooth; the trainer may want the same processor.
const SHORTEST_FRAME_SECONDS = 1 / 40;
// A machine that slept must not make the playback leap.
const LONGEST_FRAME_SECONDS = 1;

const PARTS = [drawLayers, drawMaps, drawSpreads, drawWatched];

const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;

/** The state of the run as its page words it; `key` is the same for every position or epoch. */
function wording(root) {
  const text = root.querySelector("[data-run-words]").textContent.trim().replace(/\s+/g, " ");
  return { text, key: text.replace(/\d+(st|nd|rd|th)?/g, "#") };
}

/** Whether this page was opened in the moment when its run had just ended. */
function arrivesLate({ justEnded }) {
  const [visit] = performance.getEntriesByType("navigation");
  return justEnded !== undefined && visit?.type === "navigate";
}

class Panel {
  constructor(root) {
    this.root = root;
    this.epochs = Number(root.dataset.epochs);
    this.prediction = root.dataset.prediction ? Number(root.dataset.prediction) : null;
    this.history = EMPTY;
    this.active = ["queued", "running"].includes(root.dataset.state);
    const live = this.active || arrivesLate(root.dataset);
    this.player = playing.newPlayer({ autoplay: live, follow: calm || !live });
    this.settled = !live;
    this.queue = "";
    this.frame = null;
    this.seen = false;
    this.begin();
  }

  begin() {
    const { eventsUrl, factsUrl, snapshotUrl } = this.root.dataset;
    this.refresh = refresher(factsUrl, () => this.onSwapped());
    this.say = voice(this.root.querySelector("[data-run-said]"), [wording(this.root).key]);
    this.drawControls = controls(this.root, this.actions());
    this.root.classList.add("is-ready");
    const hosts = [...this.root.querySelectorAll("[data-run-plot]")];
    this.charts = hosts.map((host) => chart(host, this.epochs));
    dark.addEventListener("change", () => this.draw());
    this.root.addEventListener("submit", (event) => this.onSubmit(event));
    this.draw();
    this.waitToBeSeen();
    follow({
      eventsUrl,
      snapshotUrl,
      onEvent: (event) => this.onEvent(event),
      onQueue: (queue) => this.onQueue(queue),
    });
  }

  /** On a result's page the score stands above: the playback begins when its reader comes to it. */
  waitToBeSeen() {
    const observer = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      observer.disconnect();
      this.seen = true;
      this.wake();
    });
    observer.observe(this.root.querySelector("[data-run-player]"));
  }

  actions() {
    const set = (change) => (value) => {
      this.player = change(value);
      this.draw();
    };
    return {
      toggle: set(() => playing.toggle(this.player, this.head, this.history.ended)),
      restart: set(() => playing.restart(this.player)),
      toEnd: set(() => playing.toEnd(this.player, this.head)),
      seek: set((at) => playing.seek(this.player, at, this.head)),
      move: set((by) => playing.seek(this.player, this.player.at + by, this.head)),
      speed: set((speed) => playing.withSpeed(this.player, speed)),
    };
  }

  get head() {
    return head(this.history);
  }

  get atEnd() {
    // A page of an ended run shows the end from the first moment, before its history is here.
    if (!this.history.ended) return this.settled;
    return playing.isAtEnd(this.player, this.head, this.history.ended);
  }

  onEvent(event) {
    const before = this.history;
    this.history = fold(before, event);
    if (this.history === before) return;
    // What the server drew of an ended run is complete.
    if (this.active && REDRAWN_BY.has(event.name)) this.refresh();
    this.wake();
  }

  /** The stream repeats the place in the queue every second; the server words it when it moves. */
  onQueue(queue) {
    const text = JSON.stringify(queue);
    if (queue.position !== null && text !== this.queue) this.refresh();
    this.queue = text;
  }

  onSwapped() {
    const { key, text } = wording(this.root);
    this.say(key, text);
    this.draw();
  }

  /** Cancels without leaving the page; the plain form still works where this fails. */
  async onSubmit(event) {
    const form = event.target;
    if (!form.matches("[data-run-cancel]")) return;
    event.preventDefault();
    form.querySelector("button").disabled = true;
    const body = new FormData(form);
    const request = { method: "POST", body, redirect: "manual" };
    const answer = await fetch(form.action, request).catch(() => null);
    // A redirect means: done. It leads to the page that is open here already.
    if (answer?.type === "opaqueredirect") this.refresh();
    else form.submit();
  }

  /** Draws at the next frame, and at each one after it while the playback moves. */
  wake() {
    this.frame ??= requestAnimationFrame((now) => this.onFrame(now));
  }

  onFrame(now) {
    this.frame = null;
    const seconds = (now - (this.lastFrame ?? now)) / 1000;
    if (seconds > 0 && seconds < SHORTEST_FRAME_SECONDS) {
      this.wake();
      return;
    }
    this.lastFrame = now;
    const passed = this.seen ? Math.min(seconds, LONGEST_FRAME_SECONDS) : 0;
    this.player = playing.advance(this.player, passed, this.head, this.history.ended);
    this.draw();
  }

  draw() {
    const { history, player, epochs, prediction, atEnd } = this;
    const view = { history, at: player.at, atEnd, prediction };
    this.root.classList.toggle("is-before-end", !atEnd);
    for (const drawChart of this.charts) drawChart(view);
    for (const drawPart of PARTS) drawPart(this.root, view);
    for (const row of this.root.querySelectorAll("[data-epoch], [data-at-epoch]")) {
      const epoch = Number(row.dataset.epoch ?? row.dataset.atEpoch);
      row.classList.toggle("is-later", epoch > player.at);
    }
    const { ended } = history;
    const read = reading(history, player.at);
    const { head, seen } = this;
    this.drawControls({ player, head, ended, atEnd, reading: read, epochs, seen });
    this.announce();
    // At the head it waits for an event, which wakes it.
    if (this.seen && player.playing && player.at < this.head) this.wake();
    else this.lastFrame = undefined;
  }

  announce() {
    // Late readers see the end; nothing has changed that should be announced.
    if (this.settled && this.player.follow) return;
    const passed = this.history.epochs.filter((epoch) => epoch.epoch <= this.player.at);
    const last = passed[passed.length - 1];
    if (last) this.say(`epoch ${last.epoch}`, epochText(last, this.epochs));
    if (this.atEnd && this.history.result) this.say("result", outcomeText(this.history.result));
  }
}

// One panel, one stream: a browser has six connections for all tabs of the platform.
const root = document.querySelector("[data-run]");
if (root) new Panel(root);
