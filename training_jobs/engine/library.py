"""Keras with its defaults: every module of the engine imports it from here."""

from training_jobs.engine.surroundings import own_keras_home

with own_keras_home():
    import keras

__all__ = ["keras"]
