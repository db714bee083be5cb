// Draws the curves. Colours and type come from the page's style sheet, so that a change between
// light and dark needs no more than a redraw.

import { colour, dark } from "./run-colours.js";
import { CURVES, curves, gradientRange, largestLoss } from "./run-curves.js";
import { EMPTY } from "./run-history.js";
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
  // On a logarithmic axis the powers of ten are enough.
  gradient_norm: (values) =>
    values.map((value) => (Number.isInteger(Math.log10(value)) ? String(value) : "")),
};
const LOGARITHMIC = 3;
const WIDTH_WHILE_HIDDEN = 300;

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

/** From where to where the vertical axis goes. */
function heights(kind, history) {
  if (kind === "gradient_norm") return gradientRange(history);
  return [0, kind === "loss" ? largestLoss(history) * 1.05 : 1.02];
}

/** One chart in `host`; returns its `draw(view)`. */
export function chart(host, epochs) {
  const kind = host.dataset.runPlot;
  let range = heights(kind, EMPTY);
  const options = {
    width: host.clientWidth || WIDTH_WHILE_HIDDEN,
    height: HEIGHT,
    padding: [12, 14, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: false, range: () => [-0.02 * epochs, 1.02 * epochs] },
      y: { range: () => range, ...(kind === "gradient_norm" && { distr: LOGARITHMIC }) },
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
    range = heights(kind, view.history);
    plot.setData(curves({ ...view, kind, epochs }));
  };
}
