"""TensorFlow, and Keras with its defaults: every module of the engine imports them from here.

TensorFlow imports Keras: importing it elsewhere before this module would make Keras read the user's
own configuration.
"""

from training_jobs.engine.surroundings import own_keras_home

with own_keras_home():
    import keras
    import tensorflow as tf

__all__ = ["keras", "tf"]
