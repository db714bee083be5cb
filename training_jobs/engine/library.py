"""TensorFlow and Keras with its defaults: every module of the engine imports them from here.

TensorFlow imports Keras: an import of it elsewhere, before this one, would have Keras read the
person's own file.
"""

from training_jobs.engine.surroundings import own_keras_home

with own_keras_home():
    import keras
    import tensorflow as tf

__all__ = ["keras", "tf"]
