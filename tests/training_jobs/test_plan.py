"""Reading a plan that nobody vouches for."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.training_jobs.factories import PLAN
from training_jobs.engine.plan import Plan, PlanError


def nested(depth: int) -> list[Any]:
    """Lists in lists, deeper than Python calls itself."""
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


DEEP = nested(100_000)


def test_a_plan_survives_its_json() -> None:
    plan = Plan.parse(PLAN)
    assert Plan.parse(plan.as_json()) == plan
    assert len(plan.digest) == 64
    assert Plan.parse({**PLAN, "seed": 4}).digest != plan.digest


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"layers": 3}, "Unknown field layers; a plan has"),
        ({"\ud800": 3}, r"Unknown field '\ud800'"),
        ({"x" * 10_000: 3}, f"Unknown field '{'x' * 59}…;"),
        ({"learning_rate": 10**400}, "Learning rate 1000"),
        ({"seed": 10**5000}, "Seed (int, too large to show) is outside"),
        ({"epochs": DEEP}, "Epochs (list, too large to show) is not a whole number"),
        ({"dataset": "x" * 10_000}, "… is not known"),
        ({"learning_rate": 5}, "Learning rate 5 is outside 0.0001 to 1"),
        ({"learning_rate": 1e309}, "Learning rate inf is not a number"),
        ({"learning_rate": float("nan")}, "not a number"),
        ({"learning_rate": True}, "Learning rate True is not a number"),
        ({"learning_rate": "0.1"}, "'0.1' is not a number"),
        ({"epochs": True}, "Epochs True is not a whole number"),
        ({"epochs": 2.0}, "Epochs 2.0 is not a whole number"),
        ({"epochs": 0}, "Epochs 0 is outside 1 to 50"),
        ({"batch_size": 100000}, "Batch size 100000 is outside 8 to 512"),
        ({"seed": -1}, "Seed -1 is outside"),
        ({"seed": None}, "Seed None is not a whole number"),
        ({"dataset": "../../etc/passwd"}, "Dataset '../../etc/passwd' is not known"),
        ({"dataset": ["mnist"]}, "is not known"),
        ({"optimizer": "sgd\0"}, "is not known"),
        ({"activation": "\ud800"}, "is not known"),
        ({"hidden_units": [8, 8, 8, 8]}, "the units of 0 to 3 layers"),
        ({"hidden_units": 8}, "the units of 0 to 3 layers"),
        ({"nesterov": 1}, "Nesterov 1 is neither true nor false"),
        ({"nesterov": True}, "Nesterov needs the optimizer sgd"),
        ({"weight_decay": 0.1}, "Weight decay cannot be set for adam"),
        ({"network": "convolutional"}, "A convolutional network needs pictures"),
        ({"dropout": 1.0}, "Dropout 1 is outside 0 to 0.8"),
        ({"watched_row": -1}, "Watched row -1 is outside"),
        ({"hidden_units": [True]}, "not a whole number"),
        ({"hidden_units": [10**9]}, "is outside 1 to 256"),
        ({"momentum": 0.9}, "Momentum cannot be set for adam"),
        ({"validation_fraction": 0.9}, "Validation fraction 0.9 is outside 0 to 0.5"),
    ],
)
def test_what_cannot_be_trained_is_refused_in_words(change: dict[str, Any], words: str) -> None:
    with pytest.raises(PlanError) as refused:
        Plan.parse({**PLAN, **change})
    assert words in str(refused.value)


def test_a_missing_field_is_named() -> None:
    with pytest.raises(PlanError, match="Missing field epochs, seed"):
        Plan.parse({name: value for name, value in PLAN.items() if name not in {"seed", "epochs"}})


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


# Slow only where other tests keep both cores busy.
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.dictionaries(st.sampled_from([*PLAN, "momentum", "extra"]), json_values))
def test_any_json_is_a_plan_or_a_refusal(change: dict[str, Any]) -> None:
    with suppress(PlanError):
        plan = Plan.parse({**PLAN, **change})
        assert Plan.parse(plan.as_json()) == plan
