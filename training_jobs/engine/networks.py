"""Builds the network and the optimizer that a plan asks for."""

import keras

from training_jobs.engine.plan import Plan


def build(plan: Plan, features: int, classes: int) -> keras.Sequential:
    """Dense hidden layers and a softmax, with Glorot-uniform kernels drawn from the plan's seed.

    Input (rows, features), output (rows, classes): a probability for each class.
    """
    keras.utils.set_random_seed(plan.seed)
    return keras.Sequential(
        [
            keras.Input((features,), name="input"),
            *(
                keras.layers.Dense(units, activation=plan.activation, name=f"hidden_{number}")
                for number, units in enumerate(plan.hidden_units, start=1)
            ),
            keras.layers.Dense(classes, activation="softmax", name="output"),
        ]
    )


def optimizer(plan: Plan) -> keras.optimizers.Optimizer:
    """The plan's optimizer with Keras's defaults for whatever the plan does not name."""
    if plan.optimizer == "adam":
        return keras.optimizers.Adam(plan.learning_rate)
    kind = keras.optimizers.SGD if plan.optimizer == "sgd" else keras.optimizers.RMSprop
    return kind(plan.learning_rate, momentum=plan.momentum)
