// Moves the bars and numbers of the layers' table, and the sampled weights, with the playhead.

import { largestChange, layersAt, wholeAt } from "./run-history.js";
import { decimal, percent } from "./run-words.js";

const FULL_BARS = [0.1, 0.2, 0.3, 0.5, 1, 2, 3, 5, 10, 20, 30, 50, 100];

function rowOf(root, part, layer) {
  return root.querySelector(`[data-run-part="${part}"] [data-layer="${CSS.escape(layer)}"]`);
}

function drawLayer(row, layer, full) {
  const share = Math.min(1, (layer.relative ?? full) / full);
  row.querySelector("[data-run-bar]").setAttribute("width", `${(share * 100).toFixed(2)}%`);
  row.querySelector("[data-run-relative]").textContent = percent(layer.relative);
  row.querySelector("[data-run-norm]").textContent = decimal(layer.norm);
  row.querySelector("[data-run-moved]").textContent = percent(layer.moved);
}

function drawSamples(root, view) {
  const { history } = view;
  const moment = wholeAt(view);
  for (const after of root.querySelectorAll("[data-run-sampled]")) {
    after.textContent = moment?.epoch ? `epoch ${moment.epoch}` : "";
  }
  for (const [number, { name }] of history.start.layers.entries()) {
    const values = moment?.layers[number].samples ?? [];
    const cells = rowOf(root, "samples", name)?.querySelectorAll("[data-run-sample]") ?? [];
    cells.forEach((cell, index) => (cell.textContent = decimal(values[index]?.value)));
  }
}

export function drawLayers(root, view) {
  if (!view.history.start) return;
  const largest = largestChange(view.history);
  // Steps, so that bars keep their scale while the run goes on.
  const full = FULL_BARS.find((step) => step >= largest) ?? largest;
  const note = root.querySelector("[data-run-full]");
  if (note) note.textContent = percent(full).replace(".0", "");
  for (const layer of layersAt(view.history, view.at)) {
    const row = rowOf(root, "layers", layer.name);
    if (row) drawLayer(row, layer, full);
  }
  drawSamples(root, view);
}
