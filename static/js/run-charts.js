// Draws the curves. Colours and type come from the page's style sheet, so that a change between
// light and dark needs no more than a redraw.

import { epochChart } from "./epoch-chart.js";
import { colour } from "./run-colours.js";
import { CURVES, curves, gradientRange, largestLoss } from "./run-curves.js";
import { EMPTY } from "./run-history.js";

const HEIGHT = 240;
const LOOKS = {
  batches: { colour: "--series-1", width: 1.5, points: false },
  epochs: { colour: "--series-1", width: 0, points: true },
  validation: { colour: "--series-2", width: 1.5, dash: [6, 4], points: true },
  test: { colour: "--series-3", width: 0, points: true, size: 10 },
  prediction: { colour: "--series-4", width: 1.5, dash: [2, 4], points: false },
};

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

/** From where to where the vertical axis goes. */
function heights(kind, history) {
  if (kind === "gradient_norm") return gradientRange(history);
  return [0, kind === "loss" ? largestLoss(history) * 1.05 : 1.02];
}

/** One chart in `host`; returns its `draw(view)`. */
export function chart(host, epochs) {
  const kind = host.dataset.runPlot;
  let range = heights(kind, EMPTY);
  const series = CURVES.map((name) => seriesOptions(host, name));
  const plot = epochChart(host, { kind, epochs, height: HEIGHT, range: () => range, series });

  return (view) => {
    range = heights(kind, view.history);
    plot.setData(curves({ ...view, kind, epochs }));
  };
}
