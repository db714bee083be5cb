"""A run's history as files to download. Pure, except for the names of the files."""

from collections.abc import Iterable, Iterator
from typing import Any

from authoring.spreadsheets import csv_lines

Event = tuple[int, str, dict[str, Any]]

FIELDS = ("epoch", "step", "loss", "accuracy", "val_loss", "val_accuracy", "seconds")
# What each layer says of itself at a point, and how its column is called.
LAYER_FIELDS = ("delta_norm", "relative_delta")
POINTS = ("tick", "epoch")


def history_csv(events: Iterable[Event]) -> str:
    """The ticks and epochs of a history as CSV, one line each, rewinds left as they happened.

    Units are those of the events: accuracy a fraction, `seconds` the length of that epoch.
    """
    points = [(seq, name, data) for seq, name, data in events if name in (*POINTS, "rewind")]
    return "".join(csv_lines(_rows(points, _layer_names(points))))


def _rows(points: Iterable[Event], layers: list[str]) -> Iterator[list[Any]]:
    yield ["id", "event", *FIELDS, *_layer_columns(layers)]
    for seq, name, data in points:
        yield [seq, name, *(data.get(field) for field in FIELDS), *_layer_cells(data, layers)]


def _layer_names(points: Iterable[Event]) -> list[str]:
    names = (layer["name"] for _, _, data in points for layer in data.get("layers", []))
    return list(dict.fromkeys(names))


def _layer_columns(layers: Iterable[str]) -> list[str]:
    return [f"{name} {field}" for name in layers for field in LAYER_FIELDS]


def _layer_cells(data: dict[str, Any], layers: Iterable[str]) -> list[Any]:
    by_name = {layer["name"]: layer for layer in data.get("layers", [])}
    return [by_name.get(name, {}).get(field) for name in layers for field in LAYER_FIELDS]


def history_json(events: Iterable[Event]) -> list[dict[str, Any]]:
    """Every event of a history, in the form of the snapshot and the stream."""
    return [{"id": seq, "event": name, "data": data} for seq, name, data in events]
