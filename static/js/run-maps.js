// Draws where in each layer the weights have moved, and says it in words. The map is that of the
// last whole epoch before the playhead; its colours keep their scale over the whole run.

import { dark, drawCells, scale } from "./run-colours.js";
import { mapAt } from "./run-history.js";

const LEVELS = 127;
const THIRDS = { across: ["left", "middle", "right"], down: ["top", "middle", "bottom"] };

/** The changes of a `weights` event as numbers, in the order of its shape. */
export function changes({ data, scale: largest }) {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  return Array.from(new Int8Array(bytes.buffer), (level) => (level * largest) / LEVELS);
}

/** Whether a map shows the pixels of a picture; else its rows are inputs, its columns units. */
export function isPicture(map, start) {
  const { shape } = start.dataset;
  const isFirst = start.layers[0].name === map.layer;
  return isFirst && shape?.length === 2 && String(shape) === String(map.shape);
}

function third(names, position, size) {
  return names[Math.min(2, Math.floor((3 * (position + 0.5)) / size))];
}

/** Where the middle of all change is, counted from 1. */
function centre(values, [, columns]) {
  const total = values.reduce((sum, value) => sum + value, 0) || 1;
  const mean = (place) => values.reduce((sum, value, cell) => sum + value * place(cell), 0) / total;
  return [mean((cell) => Math.floor(cell / columns)), mean((cell) => cell % columns)];
}

function pictureWords(values, shape) {
  const [row, column] = centre(values, shape);
  const down = third(THIRDS.down, row, shape[0]);
  const across = third(THIRDS.across, column, shape[1]);
  const part = down === across ? "middle" : `${down} ${across}`.replace("middle ", "");
  const still = values.filter((value) => value === 0).length;
  const most = values.indexOf(Math.max(...values));
  const [top, left] = [Math.floor(most / shape[1]) + 1, (most % shape[1]) + 1];
  return (
    `Most of the change is in the ${part} of the picture, around row ${Math.round(row + 1)} and ` +
    `column ${Math.round(column + 1)} of ${shape.join(" × ")}; the pixel whose weights moved ` +
    `furthest is in row ${top}, column ${left}. ${still} of ${values.length} pixels show no change.`
  );
}

/** A cell's place among the layer's real rows or columns, counted from 1. */
function place(index, cells, real) {
  const by = Math.floor(real / cells);
  return by > 1 ? `${index * by + 1}–${(index + 1) * by}` : String(index + 1);
}

function matrixWords(values, shape, [inputs, units]) {
  const at = (cell) => {
    const row = place(Math.floor(cell / shape[1]), shape[0], inputs);
    return `input ${row}, unit ${place(cell % shape[1], shape[1], units)}`;
  };
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const isCoarse = values.length < inputs * units;
  return (
    (most > 0 ? `The largest rise, ${signed(most)}, is at ${at(values.indexOf(most))}. ` : "") +
    (least < 0 ? `The largest fall, ${signed(least)}, is at ${at(values.indexOf(least))}. ` : "") +
    (isCoarse ? "Each cell is the mean of several weights." : "")
  );
}

/** A change with its sign and two digits that count. */
export function signed(value) {
  const size = String(Number(Math.abs(value).toPrecision(2)));
  return value < 0 ? `−${size}` : value > 0 ? `+${size}` : size;
}

/** Where the change of a map is, in words. */
export function mapWords(map, start) {
  const values = changes(map);
  if (isPicture(map, start)) return pictureWords(values, map.shape);
  const kernel = start.layers.find((layer) => layer.name === map.layer).shape;
  const units = kernel.at(-1);
  const inputs = kernel.slice(0, -1).reduce((product, side) => product * side, 1);
  return matrixWords(values, map.shape, [inputs, units]);
}

/** The cells to draw: the longer side goes across. */
function cells(map, largest) {
  const [rows, columns] = map.shape;
  const shares = changes(map).map((value) => value / largest);
  if (columns >= rows) return { shares, rows, columns, axes: "down: inputs, across: units" };
  const turned = shares.map((_, cell) => shares[(cell % rows) * columns + Math.floor(cell / rows)]);
  return { shares: turned, rows: columns, columns: rows, axes: "down: units, across: inputs" };
}

const shown = new WeakMap();

/** Before the first whole epoch all weights are where they started. */
function untouched(map) {
  return { ...map, epoch: 0, data: btoa("\0".repeat(map.shape[0] * map.shape[1])) };
}

function draw(figure, map, history, largest) {
  const find = (name) => figure.querySelector(`[data-run-map-${name}]`);
  const picture = isPicture(map, history.start);
  const drawn = cells(map, largest);
  figure.classList.toggle("is-picture", picture);
  const ends = picture ? ["--map-none", "--map-most"] : ["--map-fall", "--map-rise"];
  drawCells(find("canvas"), drawn, scale(figure, ...ends));
  find("epoch").textContent = `epoch ${map.epoch}`;
  find("low").textContent = picture ? "0" : signed(-largest);
  find("high").textContent = picture ? signed(largest).slice(1) : signed(largest);
  find("axes").textContent = picture
    ? "each pixel: the length of the change of all its weights"
    : drawn.axes;
  find("words").textContent = map.epoch ? mapWords(map, history.start) : "At epoch 0 nothing has moved yet.";
}

export function drawMaps(root, { history, at }) {
  if (!history.start) return;
  for (const figure of root.querySelectorAll("[data-run-map]")) {
    const layer = figure.dataset.runMap;
    const known = history.weights.filter((map) => map.layer === layer);
    const map = mapAt(history, layer, at);
    const key = `${map?.epoch} ${known.length} ${dark.matches}`;
    if (shown.get(figure) === key) continue;
    shown.set(figure, key);
    figure.classList.toggle("is-empty", !known.length);
    if (!known.length) continue;
    const largest = Math.max(...known.map((one) => one.scale));
    draw(figure, map ?? untouched(known[0]), history, largest);
  }
}

