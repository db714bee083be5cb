// The page's colours, for what is drawn on a canvas.

export const dark = matchMedia("(prefers-color-scheme: dark)");
const colours = new Map();

dark.addEventListener("change", () => colours.clear());

/** A colour of the style sheet by its name. */
export function colour(host, name) {
  // Reading a style makes the browser work out all of them: once for each colour, not each frame.
  if (!colours.has(name)) colours.set(name, getComputedStyle(host).getPropertyValue(name).trim());
  return colours.get(name);
}

/** Red, green and blue of a colour that is written as #rrggbb. */
function parts(hex) {
  return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
}

/** Returns `paint(share)`: from the colour `none` at 0 to `most` at 1, and to `least` at -1. */
export function scale(host, least, most) {
  const [low, none, high] = [least, "--map-none", most].map((name) => parts(colour(host, name)));
  return (share) => {
    const end = share < 0 ? low : high;
    const by = Math.min(1, Math.abs(share));
    return none.map((part, index) => part + (end[index] - part) * by);
  };
}

/** Draws shares from -1 to 1 as the cells of a canvas, row by row. */
export function drawCells(canvas, { shares, rows, columns }, paint) {
  canvas.width = columns;
  canvas.height = rows;
  const context = canvas.getContext("2d");
  const image = context.createImageData(columns, rows);
  shares.forEach((share, cell) => image.data.set([...paint(share), 255], cell * 4));
  context.putImageData(image, 0, 0);
}
