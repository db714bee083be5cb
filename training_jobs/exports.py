"""A run's history as files to take away. Pure but for the names of the files."""

import csv
import io
from collections.abc import Iterable
from typing import Any

Event = tuple[int, str, dict[str, Any]]

FIELDS = ("epoch", "step", "loss", "accuracy", "val_loss", "val_accuracy", "seconds")
# What each layer says of itself at a point, and how its column is called.
LAYER_FIELDS = ("delta_norm", "relative_delta")
# A spreadsheet would run a cell that begins with one of these as a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
POINTS = ("tick", "epoch")


def history_csv(events: Iterable[Event]) -> str:
    """The ticks and epochs of a history as CSV, one line each, rewinds left as they happened.

    Units are those of the events: accuracy a fraction, `seconds` the length of that epoch.
    """
    points = [(seq, name, data) for seq, name, data in events if name in (*POINTS, "rewind")]
    layers = _layer_names(points)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(map(_safe, ["id", "event", *FIELDS, *_layer_columns(layers)]))
    for seq, name, data in points:
        cells = [seq, name, *(data.get(field) for field in FIELDS), *_layer_cells(data, layers)]
        writer.writerow(map(_safe, cells))
    return text.getvalue()


def _layer_names(points: Iterable[Event]) -> list[str]:
    names = (layer["name"] for _, _, data in points for layer in data.get("layers", []))
    return list(dict.fromkeys(names))


def _layer_columns(layers: Iterable[str]) -> list[str]:
    return [f"{name} {field}" for name in layers for field in LAYER_FIELDS]


def _layer_cells(data: dict[str, Any], layers: Iterable[str]) -> list[Any]:
    by_name = {layer["name"]: layer for layer in data.get("layers", [])}
    return [by_name.get(name, {}).get(field) for name in layers for field in LAYER_FIELDS]


def _safe(cell: Any) -> Any:
    """The cell, made harmless to a spreadsheet if it is a text that looks like a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell


def history_json(events: Iterable[Event]) -> list[dict[str, Any]]:
    """Every event of a history, in the form of the snapshot and the stream."""
    return [{"id": seq, "event": name, "data": data} for seq, name, data in events]
