// Draws one chart with a curve for each run. Colours and type come from the page's style sheet.

import { percent } from "./run-words.js";

const HEIGHT = 260;
// With the colour, a dash of its own for each run; compare.css has the same for the legend.
const DASHES = [[], [8, 4], [2, 4], [10, 4, 2, 4], [5, 3], [10, 3, 2, 3, 2, 3]];
const COLUMN = { accuracy: 1, loss: 2 };
const LABELS = {
  accuracy: (values) => values.map((value) => percent(value).replace(".0", "")),
  loss: (values) => values.map((value) => String(Number(value.toFixed(2)))),
};
const SMALLEST_LOSS = 0.1;

const dark = matchMedia("(prefers-color-scheme: dark)");

function style(host, name) {
  return getComputedStyle(host).getPropertyValue(name).trim();
}

function axis(host, extra) {
  return {
    stroke: () => style(host, "--ink-3"),
    grid: { stroke: () => style(host, "--grid"), width: 1 },
    ticks: { show: false },
    font: `12px ${style(host, "--mono")}`,
    ...extra,
  };
}

function curve(host, number) {
  const paint = () => style(host, `--series-${number + 1}`);
  return {
    stroke: paint,
    width: 2,
    dash: DASHES[number],
    // Runs of different lengths have points of their own; a curve leads past the others'.
    spanGaps: true,
    points: { show: true, size: 6, stroke: paint, fill: paint },
  };
}

/** Whole epochs, at most ten of them. */
function splits(epochs) {
  const step = Math.ceil(epochs / 10);
  return Array.from({ length: Math.floor(epochs / step) + 1 }, (_, number) => number * step);
}

function columns(runs, kind) {
  const tables = runs.map(({ points }) => [
    points.map(([epoch]) => epoch),
    points.map((point) => point[COLUMN[kind]]),
  ]);
  return globalThis.uPlot.join(tables);
}

function top(runs, kind) {
  if (kind === "accuracy") return 1.02;
  const losses = runs.flatMap(({ points }) => points.map((point) => point[COLUMN.loss] ?? 0));
  return Math.max(SMALLEST_LOSS, ...losses) * 1.05;
}

/** One chart in `host`, for `count` runs over `epochs`; returns its `draw(runs)`. */
export function chart(host, epochs, count) {
  const kind = host.dataset.comparePlot;
  let highest = 1;
  const numbers = Array.from({ length: count }, (_, number) => number);
  const options = {
    width: host.clientWidth,
    height: HEIGHT,
    padding: [12, 14, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: false, range: () => [-0.02 * epochs, 1.02 * epochs] },
      y: { range: () => [0, highest] },
    },
    axes: [
      axis(host, { splits: () => splits(epochs), size: 34 }),
      axis(host, { values: (_, values) => LABELS[kind](values), size: 56 }),
    ],
    series: [{}, ...numbers.map((number) => curve(host, number))],
  };
  const plot = new globalThis.uPlot(options, [[], ...numbers.map(() => [])], host);
  const fit = () => host.clientWidth && plot.setSize({ width: host.clientWidth, height: HEIGHT });
  new ResizeObserver(fit).observe(host);
  dark.addEventListener("change", () => plot.redraw());

  return (runs) => {
    highest = top(runs, kind);
    plot.setData(columns(runs, kind));
  };
}
