"""The script that a tutorial shows: what the platform is compared with."""

import keras

from training_jobs.engine.datasets import Dataset


def train(data: Dataset, seed: int) -> float:
    """Plain `model.fit`, batch 32, 5 epochs; returns the test accuracy."""
    keras.utils.set_random_seed(seed)
    model = keras.Sequential(
        [
            keras.Input((data.features,)),
            keras.layers.Dense(64, activation="relu"),
            keras.layers.Dense(data.classes, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(data.x_train, data.y_train, batch_size=32, epochs=5, validation_split=0.1, verbose=0)
    return float(model.evaluate(data.x_test, data.y_test, verbose=0)[1])
