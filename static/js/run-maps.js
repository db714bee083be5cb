// Draws where in each layer the weights have moved, and says it in words. The map is that of the
// last whole epoch before the playhead; its colours keep their scale over the whole run.

import { dark, drawCells, scale } from "./run-colours.js";
import { mapAt } from "./run-history.js";
import { percent, short } from "./run-words.js";

const LEVELS = 127;
const THIRDS = { across: ["left", "middle", "right"], down: ["top", "middle", "bottom"] };

/** The changes of a `weights` event as it sends them: levels from -127 to 127. */
function levelsOf({ data }) {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  return Array.from(new Int8Array(bytes.buffer));
}

/** The same as numbers, in the order of its shape. */
export function changes(map) {
  return levelsOf(map).map((level) => (level * map.scale) / LEVELS);
}

/** Whether a map shows the pixels of a picture; else its rows are inputs, its columns units. */
export function isPicture(map, start) {
  const { shape } = start.dataset;
  const isFirst = start.layers[0].name === map.layer;
  return isFirst && shape?.length === 2 && String(shape) === String(map.shape);
}

/** Which of nine parts a cell is in, as words: “top left”, “middle”. */
function part(cell, [rows, columns]) {
  const third = (at, size) => Math.min(2, Math.floor((3 * (at + 0.5)) / size));
  const down = THIRDS.down[third(Math.floor(cell / columns), rows)];
  const across = THIRDS.across[third(cell % columns, columns)];
  return down === across ? "middle" : `${down} ${across}`.replace(/ ?middle ?/, "");
}

/** The part of nine with the most change; nothing if two have equally much. */
function fullestPart(levels, shape) {
  const sums = new Map();
  levels.forEach((level, cell) => {
    const name = part(cell, shape);
    sums.set(name, (sums.get(name) ?? 0) + level);
  });
  const [[name, most], second] = [...sums].sort(([, one], [, other]) => other - one);
  const total = levels.reduce((sum, level) => sum + level, 0);
  if (!total || (second && second[1] === most)) return "";
  return `Of nine parts of the picture, the ${name} holds the most of the change, ${percent(most / total)}. `;
}

function rowAndColumn(cell, columns) {
  return `row ${Math.floor(cell / columns) + 1}, column ${(cell % columns) + 1}`;
}

/** Where the cell with this level is, or the cells: a map has only a few levels. */
function placed(levels, level, name, columns) {
  const count = levels.filter((one) => one === level).length;
  const first = rowAndColumn(levels.indexOf(level), columns);
  if (count === 1) return `${name} is in ${first}. `;
  return `${name} is in ${count} cells alike, the first of them in ${first}. `;
}

function pictureWords(levels, shape) {
  const still = levels.filter((level) => level === 0).length;
  return (
    fullestPart(levels, shape) +
    placed(levels, Math.max(...levels), "The largest change of a pixel’s weights", shape[1]) +
    `${still} of ${levels.length} pixels show no change.`
  );
}

function matrixWords(levels, shape, largest, count) {
  const told = (level, name) => {
    const change = signed((level * largest) / LEVELS);
    return placed(levels, level, `The largest ${name}, ${change},`, shape[1]);
  };
  const [least, most] = [Math.min(...levels), Math.max(...levels)];
  return (
    (most > 0 ? told(most, "rise") : "") +
    (least < 0 ? told(least, "fall") : "") +
    (most === 0 && least === 0 ? "No cell shows a change. " : "") +
    `The map has ${shape.join(" × ")} cells; ` +
    (levels.length < count ? "each is the mean of several weights." : "each is one weight.")
  );
}

/** A change with its sign and two digits that count. */
export function signed(value) {
  const size = short(Number(Math.abs(value).toPrecision(2)));
  return value < 0 ? `−${size}` : value > 0 ? `+${size}` : size;
}

/** Where the change of a map is, in words. */
export function mapWords(map, start) {
  const levels = levelsOf(map);
  if (isPicture(map, start)) return pictureWords(levels, map.shape);
  const kernel = start.layers.find((layer) => layer.name === map.layer).shape;
  const count = kernel.reduce((product, side) => product * side, 1);
  return matrixWords(levels, map.shape, map.scale, count);
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

