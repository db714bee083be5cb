// What the curves show at a playhead, as uPlot wants it. Pure but for uPlot's `join`.

import { moments, onCurve } from "./run-history.js";

/** The names of the curves, in the order of their columns; the legend in the page has the same. */
export const CURVES = ["batches", "epochs", "validation", "test", "prediction"];

const VALIDATION = { loss: "val_loss", accuracy: "val_accuracy" };
const BEFORE = { loss: "test_loss_before", accuracy: "test_accuracy_before" };
const AFTER = { loss: "test_loss", accuracy: "test_accuracy" };

function column(points, key) {
  // Zero has no place on a logarithmic axis.
  const value = (point) => (key === "gradient_norm" && !point[key] ? null : (point[key] ?? null));
  return [points.map((point) => point.epoch), points.map(value)];
}

function finest(history, at, kind) {
  const played = moments(history).filter((point) => point.epoch <= at);
  return column(played.length ? [...played, { ...onCurve(history, at), epoch: at }] : [], kind);
}

function ofTest(history, atEnd, kind) {
  const { start, result } = history;
  if (!(kind in BEFORE)) return [[], []];
  const points = start ? [[0, start[BEFORE[kind]]]] : [];
  if (result && atEnd) points.push([start.plan.epochs, result[AFTER[kind]]]);
  return [points.map(([x]) => x), points.map(([, y]) => y)];
}

function ofPrediction(prediction, epochs, kind) {
  if (kind !== "accuracy" || prediction === null) return [[], []];
  return [[0, epochs], [prediction, prediction]];
}

/** The aligned columns of one chart, the epochs first. */
export function curves({ history, at, atEnd, kind, prediction, epochs }) {
  const whole = history.epochs.filter((epoch) => epoch.epoch <= at);
  return globalThis.uPlot.join([
    finest(history, at, kind),
    column(whole, kind),
    column(whole, VALIDATION[kind]),
    ofTest(history, atEnd, kind),
    ofPrediction(prediction, epochs, kind),
  ]);
}

/** The powers of ten around all known gradient norms, so that the axis stands still. */
export function gradientRange(history) {
  const norms = history.ticks.map((tick) => tick.gradient_norm).filter((norm) => norm > 0);
  if (!norms.length) return [0.1, 10];
  const low = 10 ** Math.floor(Math.log10(Math.min(...norms)));
  const high = 10 ** Math.ceil(Math.log10(Math.max(...norms)));
  return [low, Math.max(high, low * 10)];
}

/** The largest loss that is known, played or not, so that the axis stands still. */
export function largestLoss(history) {
  const points = [...moments(history), ...history.epochs];
  const ofTest = [history.start?.test_loss_before ?? 0, history.result?.test_loss ?? 0];
  if (!points.length && !history.start) return 1;
  const trained = points.flatMap((point) => [point.loss ?? 0, point.val_loss ?? 0]);
  return Math.max(0.1, ...ofTest, ...trained);
}
