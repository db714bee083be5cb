// Draws where in each layer the weights have moved, and says it in words. The map is that of the
// last whole epoch before the playhead; its colours keep their scale over the whole run.

import { dark, drawCells, scale } from "./run-colours.js";
import { mapAt } from "./run-history.js";
import { short } from "./run-words.js";

const LEVELS = 127;
// What the two sides of a map are called where a place in it is told.
const PIXELS = ["row", "column"];
const WEIGHTS = ["input", "unit"];
const BLOCKS = ["input cell", "unit cell"];
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

/**
 * The part of nine whose pixels changed the most on average, as parts differ in size; nothing if
 * another comes within a level, by which rounding may put a mean off.
 */
function busiestPart(levels, shape) {
  const parts = new Map();
  levels.forEach((level, cell) => {
    const name = part(cell, shape);
    parts.set(name, [...(parts.get(name) ?? []), level]);
  });
  const mean = (all) => all.reduce((sum, level) => sum + level, 0) / all.length;
  const means = [...parts].map(([name, all]) => [name, mean(all)]);
  const [[name, most], second] = means.sort(([, one], [, other]) => other - one);
  if (!most || (second && most - second[1] < 1)) return "";
  return `Of nine parts of the picture, the ${name} changed the most per pixel. `;
}

/** Where a cell is, counted from 0 as in code, by the `names` of both sides: the drawing may be turned. */
function place(cell, columns, [down, across]) {
  return `${down} ${Math.floor(cell / columns)}, ${across} ${cell % columns}`;
}

/** Where the cell with this level is, or the cells: a map has only a few levels. */
function placed(levels, level, name, columns, sides) {
  const count = levels.filter((one) => one === level).length;
  const first = place(levels.indexOf(level), columns, sides);
  if (count === 1) return `${name} is at ${first}. `;
  return `${name} is in ${count} cells that the map cannot tell apart, the first of them at ${first}. `;
}

function pictureWords(levels, shape) {
  const still = levels.filter((level) => level === 0).length;
  return (
    busiestPart(levels, shape) +
    placed(levels, Math.max(...levels), "The largest change of a pixel’s weights", shape[1], PIXELS) +
    "Rows and columns are counted from 0. " +
    `In ${still} of ${levels.length} pixels there is no change, or one too small to show.`
  );
}

function matrixWords(levels, shape, largest, count) {
  const isCoarse = levels.length < count;
  const told = (level, name) => {
    const change = signed((level * largest) / LEVELS);
    const about = Math.abs(level) === LEVELS ? change : `about ${change}`;
    return placed(levels, level, `The largest ${name}, ${about},`, shape[1], isCoarse ? BLOCKS : WEIGHTS);
  };
  const [least, most] = [Math.min(...levels), Math.max(...levels)];
  return (
    (most > 0 ? told(most, "rise") : "") +
    (least < 0 ? told(least, "fall") : "") +
    (most === 0 && least === 0 ? "No cell shows a change. " : "") +
    `The map has ${shape.join(" × ")} cells; ` +
    (isCoarse
      ? "each is the mean of several weights. Cells are counted from 0, along the inputs and along the units."
      : "each is one weight. Inputs and units are counted from 0.")
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
    ? "each pixel: the norm of the change of all its weights"
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

