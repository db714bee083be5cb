"""Shields the engine from settings of the machine that would change what is computed.

Keras, TensorFlow and XLA read variables and a file in the user's home that were written for other
work: with `backend: jax` a trainer would not start, with `floatx: float16` it would train another
network than the one it reports.
"""

import os
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager, suppress
from pathlib import Path

FOREIGN = ("KERAS_", "TF_", "XLA_")
# They say where files are, how much is logged, and how a graphics card's memory is shared.
LEFT = frozenset({"KERAS_HOME", "TF_CPP_MIN_LOG_LEVEL", "TF_FORCE_GPU_ALLOW_GROWTH"})
# By default XLA uses only half the width of a processor's vectors; updating weights, where a step
# of a small network spends its time, gains from the full width.
WIDE = "--xla_cpu_prefer_vector_width=512"
OWN_FLAGS = "WEIGHTWISE_XLA_FLAGS"


def settle(environment: MutableMapping[str, str]) -> None:
    """Removes other programs' settings, and adds ours.

    XLA reads its flags once, when TensorFlow first compiles; so call it before importing that.
    """
    for name in [name for name in environment if name.startswith(FOREIGN) and name not in LEFT]:
        del environment[name]
    environment["KERAS_BACKEND"] = "tensorflow"
    environment["XLA_FLAGS"] = f"{WIDE} {environment.get(OWN_FLAGS, '')}".strip()


def keras_folder() -> Path:
    """The user's Keras folder; MNIST may be in it."""
    return Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras")


def own_keras_folder() -> Path:
    """Our own folder inside it, for downloads, without a `keras.json` of other work."""
    return keras_folder() / "weightwise"


@contextmanager
def own_keras_home() -> Iterator[None]:
    """Lets Keras be imported with its defaults; it reads the folder's name only then."""
    before, own = os.environ.get("KERAS_HOME"), own_keras_folder()
    # Somebody may have edited it; without one, Keras writes its defaults.
    with suppress(OSError):
        (own / "keras.json").unlink()
    os.environ["KERAS_HOME"] = str(own)
    try:
        yield
    finally:
        del os.environ["KERAS_HOME"]
        if before is not None:
            os.environ["KERAS_HOME"] = before
