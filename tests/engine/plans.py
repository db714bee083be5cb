"""Plans to train in tests."""

from typing import Any

from training_jobs.engine.plan import Plan


def make_plan(**changes: Any) -> Plan:
    """Adam on the synthetic table, as the optimizer topic has it, unless changed."""
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


OPTIMIZERS: dict[str, dict[str, Any]] = {
    "sgd": {"optimizer": "sgd", "learning_rate": 0.1},
    "momentum": {"optimizer": "sgd", "learning_rate": 0.1, "momentum": 0.9},
    "nesterov": {"optimizer": "sgd", "learning_rate": 0.1, "momentum": 0.9, "nesterov": True},
    "adam": {"optimizer": "adam"},
    "adamw": {"optimizer": "adamw", "weight_decay": 0.01},
    "rmsprop": {"optimizer": "rmsprop"},
    "rmsprop with momentum": {"optimizer": "rmsprop", "momentum": 0.5, "learning_rate": 0.005},
    "adagrad": {"optimizer": "adagrad", "learning_rate": 0.05},
}
