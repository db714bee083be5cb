"""Follows rows through the network, layer by layer."""

import base64
from typing import Any

import numpy as np

from training_jobs.engine.datasets import Dataset, Floats, Labels
from training_jobs.engine.library import keras
from training_jobs.engine.plan import Plan
from training_jobs.engine.programs import Program
from training_jobs.engine.stages import SAMPLE_ROWS, Stage, probability_stage, shape_of

SHOWN_VALUES = 64
BRIGHTEST = 255
# Outside training these hand on what they get, at most in another shape.
CHANGES_NOTHING = (keras.layers.Reshape, keras.layers.Flatten, keras.layers.Dropout)


def follow_row(program: Program, data: Dataset, row: int) -> dict[str, Any]:
    """Test row `row` on its way: what each layer makes of it, at most SHOWN_VALUES values each."""
    row %= len(data.x_test)  # a stand-in may have fewer rows
    watched = data.x_test[row : row + 1]
    outputs = program.layer_outputs(watched)
    predicted = int(np.argmax(outputs[-1]))
    probabilities = _values(program.model.layers[-1].name, outputs[-1])["values"]
    return {
        "row": row,
        "layers": [
            _values("input", watched),
            *(
                _values(layer.name, output)
                for layer, output in zip(program.model.layers, outputs, strict=True)
                if not isinstance(layer, CHANGES_NOTHING)
            ),
        ],
        "predicted": predicted,
        # As among the layers: two roundings of one number would be two figures on a page.
        "probability": probabilities[predicted],
        "actual": int(data.y_test[row]),
    }


def picture_of(data: Dataset, row: int) -> dict[str, Any]:
    """Test row `row` for drawing: its shape, and base64 of a byte a pixel; {} if it is no image.

    It is the same in every epoch, so a history holds it once.
    """
    if len(data.shape) < 2:  # noqa: PLR2004  (a picture has two sides)
        return {}
    pixels = np.round(data.x_test[row % len(data.x_test)] * BRIGHTEST).astype(np.uint8)
    return {"shape": list(data.shape), "data": base64.b64encode(pixels.tobytes()).decode()}


def _values(name: str, signal: Any) -> dict[str, Any]:
    flat = np.asarray(signal).reshape(-1)
    shown = [round(float(value), 4) for value in flat[:SHOWN_VALUES]]
    return {"name": name, "size": int(flat.size), "values": shown, "zeros": int((flat == 0).sum())}


def first_batch_stage(program: Program, data: Dataset, plan: Plan) -> Stage:
    """What the untrained model makes of one batch: the input of the first training step."""
    # Rows that are held out for validation are in no batch.
    size = min(plan.batch_size, data.training_rows(plan.validation_fraction))
    x, y = data.x_train[:size], data.y_train[:size]
    way = " → ".join([shape_of(x), *(f"({len(x)}, {units})" for units in plan.hidden_units)])
    operation = "one batch through the layers, then one step of the optimizer, again and again"
    return _to_probabilities(program, "train", operation, way, x, y)


def test_stage(program: Program, data: Dataset) -> Stage:
    """What the trained model makes of the test rows."""
    x, y = data.x_test, data.y_test
    operation = "the test rows through the trained layers; the largest probability is the answer"
    return _to_probabilities(program, "evaluate", operation, shape_of(x), x, y)


def _to_probabilities(
    program: Program, name: str, operation: str, way: str, x: Floats, y: Labels
) -> Stage:
    # A row's probabilities do not depend on the others, so only those shown are computed.
    probabilities = program.layer_outputs(x[:SAMPLE_ROWS])[-1]
    return probability_stage(name, operation, way, len(x), probabilities, y[:SAMPLE_ROWS])
