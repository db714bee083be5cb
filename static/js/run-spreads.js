// How each layer's weights are spread, before and now: the twin of training_jobs/spreads.py, which
// draws the same for those without a script.

import { wholeAt } from "./run-history.js";
import { decimal, fixed, percent } from "./run-words.js";

const [WIDTH, HEIGHT] = [240, 100];

function binWidth({ low, high, counts }) {
  return (high - low || 1) / counts.length;
}

/** The path of a staircase over the bins, closed along the ground. */
function outline(histogram, low, high, densest) {
  const width = binWidth(histogram);
  const scale = WIDTH / (high - low || 1);
  const start = (histogram.low - low) * scale;
  const steps = histogram.counts.map((count, number) => {
    const top = HEIGHT * (1 - count / width / densest);
    return `V${fixed(top, 1)}H${fixed(start + (number + 1) * width * scale, 1)}`;
  });
  return `M${fixed(start, 1)} ${HEIGHT}${steps.join("")}V${HEIGHT}Z`;
}

function bars(histogram, low, high, densest) {
  const { counts } = histogram;
  const most = Math.max(...counts);
  const from = histogram.low + counts.indexOf(most) * binWidth(histogram);
  return {
    path: outline(histogram, low, high, densest),
    low: histogram.low,
    high: histogram.high,
    from,
    to: from + binWidth(histogram),
    share: most / (counts.reduce((sum, count) => sum + count, 0) || 1),
  };
}

/** Both histograms on one axis; `now` may be null. */
export function spread(before, now) {
  const both = now ? [before, now] : [before];
  const low = Math.min(...both.map((one) => one.low));
  const high = Math.max(...both.map((one) => one.high));
  const densest = Math.max(...both.map((one) => Math.max(...one.counts) / binWidth(one))) || 1;
  const drawn = both.map((one) => bars(one, low, high, densest));
  return { low, high, before: drawn[0], now: drawn[1] ?? null };
}

const shown = new WeakMap();

function drawLayer(figure, before, now) {
  const both = spread(before, now);
  const write = (name, text) => (figure.querySelector(`[data-run-${name}]`).textContent = text);
  figure.querySelector("[data-run-spread-before]").setAttribute("d", both.before.path);
  figure.querySelector("[data-run-spread-now]").setAttribute("d", both.now?.path ?? "");
  write("spread-low", decimal(both.low));
  write("spread-high", decimal(both.high));
  write("now-low", decimal(both.now?.low));
  write("now-high", decimal(both.now?.high));
  write("now-bin", both.now ? `${decimal(both.now.from)} to ${decimal(both.now.to)}` : "–");
  write("now-share", percent(both.now?.share));
}

export function drawSpreads(root, view) {
  if (!view.history.start) return;
  const moment = wholeAt(view);
  for (const figure of root.querySelectorAll("[data-run-spread]")) {
    if (shown.get(figure) === moment) continue;
    shown.set(figure, moment);
    const named = (layer) => layer.name === figure.dataset.runSpread;
    const before = view.history.start.layers.find(named)?.histogram;
    if (before) drawLayer(figure, before, moment?.layers.find(named)?.histogram ?? null);
  }
}
