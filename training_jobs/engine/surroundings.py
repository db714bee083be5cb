"""What of a machine's own settings the engine lets in: none that would change what is computed.

Keras, TensorFlow and XLA read variables and a file in the person's home. Those were written for
other work; with `backend: jax` a trainer would not start, with `floatx: float16` it would train
another network than the one it tells of.
"""

import os
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager, suppress
from pathlib import Path

FOREIGN = ("KERAS_", "TF_", "XLA_")
# Where files are, how much is written to the log, and how a graphics card's memory is shared.
LEFT = frozenset({"KERAS_HOME", "TF_CPP_MIN_LOG_LEVEL", "TF_FORCE_GPU_ALLOW_GROWTH"})
# By default XLA keeps to half of the widest vectors that a processor has; updating weights, which
# is where a step of a small network spends its time, gains from all of them.
WIDE = "--xla_cpu_prefer_vector_width=512"
OWN_FLAGS = "WEIGHTWISE_XLA_FLAGS"


def settle(environment: MutableMapping[str, str]) -> None:
    """Takes other programs' settings out, and puts ours in.

    XLA reads its flags once, when TensorFlow first compiles, so before any import of it.
    """
    for name in [name for name in environment if name.startswith(FOREIGN) and name not in LEFT]:
        del environment[name]
    environment["KERAS_BACKEND"] = "tensorflow"
    environment["XLA_FLAGS"] = f"{WIDE} {environment.get(OWN_FLAGS, '')}".strip()


def keras_folder() -> Path:
    """The person's Keras folder; MNIST may be in it."""
    return Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras")


def own_keras_folder() -> Path:
    """Ours inside it: Keras finds no `keras.json` of other work there, and downloads to it."""
    return keras_folder() / "weightwise"


@contextmanager
def own_keras_home() -> Iterator[None]:
    """Keras is imported in this block with its defaults; it reads the folder's name only then."""
    before, own = os.environ.get("KERAS_HOME"), own_keras_folder()
    # It may have been written in by hand; Keras writes its defaults when there is none.
    with suppress(OSError):
        (own / "keras.json").unlink()
    os.environ["KERAS_HOME"] = str(own)
    try:
        yield
    finally:
        del os.environ["KERAS_HOME"]
        if before is not None:
            os.environ["KERAS_HOME"] = before
