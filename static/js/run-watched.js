// The watched test row at the playhead: its picture, what each hidden layer makes of it, and how
// probable the network finds each class.

import { dark, drawCells, scale } from "./run-colours.js";
import { predictionAt } from "./run-history.js";
import { percent } from "./run-words.js";

const BRIGHTEST = 255;
const shown = new WeakMap();

function drawPicture(canvas, picture) {
  if (!picture?.data) return;
  const shares = Array.from(atob(picture.data), (letter) => letter.charCodeAt(0) / BRIGHTEST);
  const [rows, columns] = picture.shape;
  drawCells(canvas, { shares, rows, columns }, scale(canvas, "--map-none", "--ink"));
}

/** How the values of a layer are told in a few words; the server writes the same. */
export function layerWords({ size, zeros, values }) {
  const silent = zeros ? `, ${zeros} of them 0` : "";
  const drawn = values.length < size ? `; the first ${values.length} are drawn` : "";
  return `${size} values${silent}${drawn}`;
}

function drawLayer(item, layer) {
  const largest = Math.max(...layer.values.map(Math.abs)) || 1;
  const shares = layer.values.map((value) => value / largest);
  const cells = { shares, rows: 1, columns: shares.length };
  drawCells(item.querySelector("canvas"), cells, scale(item, "--map-fall", "--map-rise"));
  item.querySelector("[data-run-strip-words]").textContent = layerWords(layer);
}

function drawClass(row, probability) {
  row.querySelector("[data-run-bar]").setAttribute("width", percent(probability).replace("\u00a0", ""));
  row.querySelector("[data-run-probability]").textContent = percent(probability);
}

function draw(part, prediction, picture) {
  const canvas = part.querySelector("[data-run-picture]");
  if (canvas) drawPicture(canvas, picture);
  const named = new Map(prediction.layers.map((layer) => [layer.name, layer]));
  for (const item of part.querySelectorAll("[data-run-strip]")) {
    const layer = named.get(item.dataset.runStrip);
    if (layer) drawLayer(item, layer);
  }
  const output = prediction.layers.at(-1).values;
  for (const row of part.querySelectorAll("[data-run-class]")) {
    drawClass(row, output[Number(row.dataset.runClass)]);
  }
  const { predicted, probability } = prediction;
  // An older history has the same number twice: rounded to four digits among the layers, and whole.
  const answer = `class ${predicted} with a probability of ${percent(output[predicted] ?? probability)}`;
  part.querySelector("[data-run-answer]").textContent = answer;
}

export function drawWatched(root, view) {
  const part = root.querySelector("[data-run-watched]");
  const prediction = predictionAt(view);
  if (!part || !prediction) return;
  const known = shown.get(part);
  if (known?.prediction === prediction && known.dark === dark.matches) return;
  shown.set(part, { prediction, dark: dark.matches });
  draw(part, prediction, view.history.start?.prediction?.picture);
}
