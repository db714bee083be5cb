// Draws the curves. Colours and type come from the page's style sheet, so that a change between
// light and dark needs no more than a redraw.

import { CURVES, curves, largestLoss } from "./run-curves.js";
import { percent } from "./run-words.js";

const HEIGHT = 230;
const LOOKS = {
  batches: { colour: "--series-1", width: 1.5, points: false },
  epochs: { colour: "--series-1", width: 0, points: true },
  validation: { colour: "--series-2", width: 1.5, dash: [6, 4], points: true },
  test: { colour: "--series-3", width: 0, points: true, size: 10 },
  prediction: { colour: "--series-4", width: 1.5, dash: [2, 4], points: false },
};
const LABELS = {
  accuracy: (values) => values.map((value) => percent(value).replace(".0", "")),
  loss: (values) => values.map((value) => String(Number(value.toFixed(2)))),
};

const dark = matchMedia("(prefers-color-scheme: dark)");
const colours = new Map();

// Reading a style makes the browser work out all of them: once for each colour, not for each frame.
function colour(host, name) {
  if (!colours.has(name)) colours.set(name, getComputedStyle(host).getPropertyValue(name).trim());
  return colours.get(name);
}

dark.addEventListener("change", () => colours.clear());

function seriesOptions(host, name) {
  const look = LOOKS[name];
  const paint = () => colour(host, look.colour);
  return {
    stroke: paint,
    width: look.width,
    dash: look.dash,
    points: { show: look.points, size: look.size ?? 7, stroke: paint, fill: paint },
  };
}

function axis(host, extra) {
  return {
    stroke: () => colour(host, "--ink-3"),
    grid: { stroke: () => colour(host, "--grid"), width: 1 },
    ticks: { show: false },
    font: `12px ${colour(host, "--mono")}`,
    ...extra,
  };
}

/** Whole epochs, at most ten of them. */
function epochSplits(epochs) {
  const step = Math.ceil(epochs / 10);
  return Array.from({ length: Math.floor(epochs / step) + 1 }, (_, number) => number * step);
}

/** One chart in `host`; returns its `draw(view)`. */
export function chart(host, epochs) {
  const kind = host.dataset.runPlot;
  let top = 1;
  const options = {
    width: host.clientWidth,
    height: HEIGHT,
    padding: [12, 14, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: false, range: () => [-0.02 * epochs, 1.02 * epochs] },
      y: { range: () => [0, top] },
    },
    axes: [
      axis(host, { splits: () => epochSplits(epochs), size: 34 }),
      axis(host, { values: (_, values) => LABELS[kind](values), size: 56 }),
    ],
    series: [{}, ...CURVES.map((name) => seriesOptions(host, name))],
  };
  const plot = new globalThis.uPlot(options, [[], ...CURVES.map(() => [])], host);
  const fit = () => host.clientWidth && plot.setSize({ width: host.clientWidth, height: HEIGHT });
  new ResizeObserver(fit).observe(host);
  dark.addEventListener("change", () => plot.redraw());

  return (view) => {
    top = kind === "loss" ? largestLoss(view.history) * 1.05 : 1.02;
    plot.setData(curves({ ...view, kind, epochs }));
  };
}
