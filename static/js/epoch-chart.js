// The frame that all curves over epochs share: size, axes, their words and colours, and what makes
// them follow the width of the page and its change between light and dark.

import { colour, dark } from "./run-colours.js";
import { percent, short } from "./run-words.js";

const WIDTH_WHILE_HIDDEN = 300;
const LOGARITHMIC = 3;
const LABELS = {
  accuracy: (values) => values.map((value) => percent(value).replace(".0", "")),
  loss: (values) => values.map((value) => short(Number(value.toFixed(2)))),
  // On a logarithmic axis the powers of ten are enough.
  gradient_norm: (values) =>
    values.map((value) => (Number.isInteger(Math.log10(value)) ? short(value) : "")),
};

function axis(host, extra) {
  const font = `12px ${colour(host, "--mono")}`;
  return {
    stroke: () => colour(host, "--ink-3"),
    grid: { stroke: () => colour(host, "--grid"), width: 1 },
    ticks: { show: false },
    font,
    labelFont: font,
    ...extra,
  };
}

/** Whole epochs, at most ten of them. */
function splits(epochs) {
  const step = Math.ceil(epochs / 10);
  return Array.from({ length: Math.floor(epochs / step) + 1 }, (_, number) => number * step);
}

/** A plot in `host` of `kind` over `epochs`, empty yet; `range()` says how far up its axis goes. */
export function epochChart(host, { kind, epochs, height, range, series }) {
  const options = {
    width: host.clientWidth || WIDTH_WHILE_HIDDEN,
    height,
    padding: [12, 14, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: false, range: () => [-0.02 * epochs, 1.02 * epochs] },
      y: { range, ...(kind === "gradient_norm" && { distr: LOGARITHMIC }) },
    },
    axes: [
      axis(host, { splits: () => splits(epochs), size: 26, label: "epoch", labelSize: 20 }),
      axis(host, { values: (_, values) => LABELS[kind](values), size: 56 }),
    ],
    series: [{}, ...series],
  };
  const plot = new globalThis.uPlot(options, [[], ...series.map(() => [])], host);
  const fit = () => host.clientWidth && plot.setSize({ width: host.clientWidth, height });
  new ResizeObserver(fit).observe(host);
  dark.addEventListener("change", () => plot.redraw());
  return plot;
}
