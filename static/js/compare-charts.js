// Draws one chart with a curve for each run. Colours and type come from the page's style sheet.

import { epochChart } from "./epoch-chart.js";
import { colour } from "./run-colours.js";

const HEIGHT = 260;
// With the colour, a dash of its own for each run; compare.css has the same for the legend.
const DASHES = [[], [8, 4], [2, 4], [10, 4, 2, 4], [5, 3], [10, 3, 2, 3, 2, 3]];
const COLUMN = { accuracy: 1, loss: 2 };
const SMALLEST_LOSS = 0.1;

function curve(host, number) {
  const paint = () => colour(host, `--series-${number + 1}`);
  return {
    stroke: paint,
    width: 2,
    dash: DASHES[number],
    // Runs of different lengths have points of their own; a curve leads past the others'.
    spanGaps: true,
    points: { show: true, size: 6, stroke: paint, fill: paint },
  };
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
  if (!losses.length) return 1;
  return Math.max(SMALLEST_LOSS, ...losses) * 1.05;
}

/** One chart in `host`, for `count` runs over `epochs`; returns its `draw(runs)`. */
export function chart(host, epochs, count) {
  const kind = host.dataset.comparePlot;
  let highest = 1;
  const range = () => [0, highest];
  const series = Array.from({ length: count }, (_, number) => curve(host, number));
  const plot = epochChart(host, { kind, epochs, height: HEIGHT, range, series });

  return (runs) => {
    highest = top(runs, kind);
    plot.setData(columns(runs, kind));
  };
}
