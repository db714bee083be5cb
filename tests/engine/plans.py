"""Plans to train in tests."""

from typing import Any

from training_jobs.engine.plan import Plan


def make_plan(**changes: Any) -> Plan:
    """Adam on the made-up table, as the optimizer topic has it, unless changed."""
    values = {
        "dataset": "tabular",
        "hidden_units": [32],
        "activation": "relu",
        "optimizer": "adam",
        "learning_rate": 0.01,
        "batch_size": 32,
        "epochs": 5,
        "seed": 5,
    }
    return Plan.parse(values | changes)


def digits_plan(**changes: Any) -> Plan:
    """The first topic's plan."""
    values = {"dataset": "mnist", "hidden_units": [64], "learning_rate": 0.001}
    return make_plan(**(values | {"validation_fraction": 0.1} | changes))
