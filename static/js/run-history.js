// Folds a run's events into what the panel shows. Pure, and the same as training_jobs/history.py.

export const EMPTY = Object.freeze({
  start: null,
  ticks: [],
  epochs: [],
  weights: [],
  result: null,
  state: null,
  ended: false,
  lastSeq: 0,
});

function until(epoch, points) {
  return points.filter((point) => point.epoch <= epoch);
}

const APPLY = {
  status: (history, data) => ({ state: data.state }),
  start: (history, data) => ({ start: data }),
  tick: (history, data) => ({ ticks: [...history.ticks, data] }),
  epoch: (history, data) => ({ epochs: [...history.epochs, data] }),
  weights: (history, data) => ({ weights: [...history.weights, data] }),
  result: (history, data) => ({ result: data }),
  rewind: (history, data) => ({
    ticks: until(data.epoch, history.ticks),
    epochs: until(data.epoch, history.epochs),
    weights: until(data.epoch, history.weights),
  }),
  end: (history, data) => ({ state: data.state, ended: true }),
};

/** The history after one more event; an event that it already holds changes nothing. */
export function fold(history, { seq, name, data }) {
  if (seq <= history.lastSeq) return history;
  const change = APPLY[name] ? APPLY[name](history, data) : {};
  return { ...history, ...change, lastSeq: seq };
}

/** How far the run is known to have come, in epochs. */
export function head(history) {
  const last = (points) => (points.length ? points[points.length - 1].epoch : 0);
  return Math.max(last(history.ticks), last(history.epochs));
}

/** The untrained network, which is measured on the test rows; later points are of training rows. */
function untrained(start) {
  const { test_accuracy_before: accuracy, test_loss_before: loss, layers } = start;
  return { epoch: 0, accuracy, loss, layers, ofTest: true };
}

/** The points of the finest curve, all of training rows. */
export function moments(history) {
  // The tick that completes an epoch may stand for a few rows only, the short last batch: its
  // accuracy says little, and would put a spike on the curve.
  const inside = history.ticks.filter((tick) => !Number.isInteger(tick.epoch));
  return inside;
}

function between(before, after, share) {
  const isKnown = [before, after].every((value) => value !== null && value !== undefined);
  if (!isKnown) return after ?? null;
  return before + (after - before) * share;
}

/** The points around `at`, and how far between them it lies; `after` is missing at the end. */
function around(points, at) {
  const next = points.findIndex((point) => point.epoch > at);
  // A point is of the batches that led up to it.
  if (next === 0) return [points[0], null, 0];
  if (next < 0) return [points[points.length - 1], null, 0];
  const [before, after] = [points[next - 1], points[next]];
  return [before, after, (at - before.epoch) / (after.epoch - before.epoch)];
}

/**
 * Loss and accuracy at the playhead: before training on the test rows, else on training rows, of
 * the whole epoch where one has just ended.
 */
export function reading(history, at) {
  if (at === 0 && history.start) return untrained(history.start);
  return history.epochs.find((epoch) => epoch.epoch === at) ?? onCurve(history, at);
}

/** Training loss and accuracy of the finest curve at the playhead. */
export function onCurve(history, at) {
  const points = moments(history);
  if (!points.length) return { loss: null, accuracy: null };
  const [before, after, share] = around(points, at);
  if (!after) return before;
  return {
    loss: between(before.loss, after.loss, share),
    accuracy: between(before.accuracy, after.accuracy, share),
    gradient_norm: between(before.gradient_norm, after.gradient_norm, share),
  };
}

/** Each layer's change at the playhead. */
export function layersAt(history, at) {
  if (!history.start) return [];
  const reports = [...history.ticks, ...history.epochs].sort((a, b) => a.epoch - b.epoch);
  const [before, after, share] = around([untrained(history.start), ...reports], at);
  return before.layers.map((layer, number) => {
    const later = after ? after.layers[number] : layer;
    return {
      name: layer.name,
      norm: between(layer.delta_norm, later.delta_norm, share),
      relative: between(layer.relative_delta, later.relative_delta, share),
      moved: between(layer.moved, later.moved, share),
    };
  });
}

/** The largest relative change that is known of any layer. */
export function largestChange(history) {
  const states = history.ticks.flatMap((tick) => tick.layers);
  return Math.max(0, ...states.map((layer) => layer.relative_delta ?? 0));
}

/** The last whole epoch before the playhead, at the end the result; null before the first. */
export function wholeAt({ history, at, atEnd }) {
  if (atEnd && history.result) return history.result;
  return until(at, history.epochs).at(-1) ?? null;
}

/** The map of a layer's change after the last whole epoch before the playhead, or null. */
export function mapAt(history, layer, at) {
  return until(at, history.weights).findLast((map) => map.layer === layer) ?? null;
}

/** What the network makes of the watched row at the playhead; null where nothing tells. */
export function predictionAt(view) {
  const told = (wholeAt(view) ?? view.history.start)?.prediction;
  return told?.layers ? told : null;
}
