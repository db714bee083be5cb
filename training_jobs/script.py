"""A run as a script in plain Keras that repeats it without Weightwise. Pure text, no TensorFlow."""

from string import Template
from typing import Any

from training_jobs.engine.plan import Plan

# Where TensorFlow rounds the same in `fit` as in our own loop; tests hold it to that. These it
# fuses otherwise.
ROUNDED_OTHERWISE = "gelu"

DATA = {
    "tabular": """\
from sklearn.datasets import make_classification
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import MinMaxScaler

x, y = make_classification(
    n_samples=1200,
    n_features=10,
    n_informative=6,
    n_redundant=2,
    class_sep=2.0,
    random_state=3,
)
x_train, x_test, y_train, y_test = train_test_split(
    x, y, test_size=200, random_state=0, stratify=y
)
scaler = MinMaxScaler().fit(x_train)
x_train = scaler.transform(x_train).astype(np.float32)
x_test = scaler.transform(x_test).astype(np.float32)
""",
    "mnist": """\
kept = os.path.join(keras_folder, "datasets", "mnist.npz")
own = os.path.join(own_folder, "datasets", "mnist.npz")
if os.path.exists(kept) and not os.path.exists(own):
    os.makedirs(os.path.dirname(own), exist_ok=True)
    shutil.copy(kept, own)
(x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data()
x_train = (x_train.reshape(len(x_train), -1) / np.float32(255)).astype(np.float32)
x_test = (x_test.reshape(len(x_test), -1) / np.float32(255)).astype(np.float32)
""",
    "digits": """\
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

digits = load_digits()
pixels = (digits.images.reshape(len(digits.images), -1) / np.float32(16)).astype(np.float32)
x_train, x_test, y_train, y_test = train_test_split(
    pixels, digits.target, test_size=0.2, random_state=0, stratify=digits.target
)
""",
}
SHAPES = {"tabular": (10,), "mnist": (28, 28), "digits": (8, 8)}
CLASSES = {"tabular": 2, "mnist": 10, "digits": 10}

EXACT = """\
It was made without XLA, so this script ends with the very same weights, bit for bit, on the same
machine with the same versions."""
CLOSE_XLA = """\
It was made with XLA, which rounds differently. So this script ends near the same accuracy, not with
the same weights: differences in rounding grow from step to step."""
CLOSE_FUSED = """\
TensorFlow rounds parts of this network differently in the platform's training loop. So this script
ends near the same accuracy, not with the same weights."""

SCRIPT = Template('''\
"""Repeats a run of Weightwise with plain Keras: $title.

$promise

It needs: pip install $requirements
"""

import hashlib
import os
import shutil

# Settings of this machine for other work must not change the result: neither variables ...
for name in [name for name in os.environ if name.startswith(("KERAS_", "TF_", "XLA_"))]:
    if name not in ("KERAS_HOME", "TF_CPP_MIN_LOG_LEVEL"):
        del os.environ[name]
os.environ["KERAS_BACKEND"] = "tensorflow"
# ... nor a keras.json: Keras is given a folder of its own, where it finds none.
keras_folder = os.environ.get("KERAS_HOME") or os.path.expanduser("~/.keras")
own_folder = os.path.join(keras_folder, "weightwise")
os.environ["KERAS_HOME"] = own_folder
if os.path.exists(os.path.join(own_folder, "keras.json")):
    os.remove(os.path.join(own_folder, "keras.json"))

import keras
import numpy as np

SEED, EPOCHS, BATCH_SIZE = $seed, $epochs, $batch_size
VALIDATION_FRACTION = $validation_fraction
# What the run on Weightwise ended with.
ITS_ACCURACY = $accuracy
ITS_WEIGHTS = "$weights_digest"

# The data
$data
y_train, y_test = y_train.astype(np.int64), y_test.astype(np.int64)
# The last rows are held out, as Keras does it.
rows = len(x_train) - int(len(x_train) * VALIDATION_FRACTION)

# The network, its initial weights drawn from the seed
keras.utils.set_random_seed(SEED)
model = keras.Sequential(
    [
$layers
    ]
)
model.compile(
    optimizer=$optimizer,
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
    jit_compile=False,
)

# The training. Left to shuffle by itself, Keras would repeat one order in every epoch.
for epoch in range(1, EPOCHS + 1):
    order = np.random.default_rng((SEED, epoch)).permutation(rows)
    model.fit(
        x_train[order], y_train[order], batch_size=BATCH_SIZE, epochs=1, shuffle=False, verbose=2
    )

loss, accuracy = model.evaluate(x_test, y_test, verbose=0)
weights = hashlib.sha256()
for values in model.get_weights():
    weights.update(np.ascontiguousarray(values).tobytes())
print(f"Accuracy on the test rows: {accuracy:.4f} (on Weightwise: {ITS_ACCURACY:.4f})")
print(f"sha256 of the weights: {weights.hexdigest()}")
print("The same weights:", "yes" if weights.hexdigest() == ITS_WEIGHTS else "no")
''')


def script_of(
    plan: Plan,
    *,
    dataset: str,
    title: str,
    accuracy: float,
    weights_digest: str,
    libraries: dict[str, str],
) -> str:
    """The script that repeats a finished run of `plan` on the data it met.

    `dataset` is the name of the data as found (`digits` where it stood in for `mnist`); `accuracy`
    is the run's on the test rows, as a fraction.
    """
    return SCRIPT.substitute(
        title=_one_line(title),
        promise=_promise(plan),
        requirements=_requirements(dataset, libraries),
        seed=plan.seed,
        epochs=plan.epochs,
        batch_size=plan.batch_size,
        validation_fraction=plan.validation_fraction,
        accuracy=repr(accuracy),
        weights_digest=weights_digest,
        data=DATA[dataset],
        layers="\n".join(f"        {line}," for line in _layers(plan, dataset)),
        optimizer=_optimizer(plan),
    )


def is_exact(plan: Plan) -> bool:
    """Whether the script ends with the run's very weights, on the same machine and versions."""
    return _promise(plan) == EXACT


def _promise(plan: Plan) -> str:
    if plan.compiled:
        return CLOSE_XLA
    fused = plan.activation == ROUNDED_OTHERWISE and plan.hidden_units
    return CLOSE_FUSED if plan.dropout or fused or plan.network != "dense" else EXACT


def _one_line(title: str) -> str:
    """A title that cannot end the docstring it stands in."""
    return " ".join(title.replace("\\", "").replace('"', "'").split())


def _requirements(dataset: str, libraries: dict[str, str]) -> str:
    known = {name: number for name, number in libraries.items() if number != "unknown"}
    needed = [f"{name}=={known[name]}" if name in known else name for name in libraries]
    return " ".join([*needed, *([] if dataset == "mnist" else ["scikit-learn"])])


def _layers(plan: Plan, dataset: str) -> list[str]:
    shape, features = SHAPES[dataset], 1
    for side in shape:
        features *= side
    lines = [f"keras.Input(({features},))"]
    if plan.network == "convolutional":
        lines += [
            f"keras.layers.Reshape({(*shape, 1)})",
            f'keras.layers.Conv2D(8, 3, activation="{plan.activation}")',
            "keras.layers.MaxPooling2D(2)",
            "keras.layers.Flatten()",
        ]
    for units in plan.hidden_units:
        lines.append(f'keras.layers.Dense({units}, activation="{plan.activation}")')
        if plan.dropout:
            lines.append(f"keras.layers.Dropout({plan.dropout})")
    return [*lines, f'keras.layers.Dense({CLASSES[dataset]}, activation="softmax")']


OPTIMIZERS = {
    "sgd": ("SGD", ("momentum", "nesterov")),
    "adam": ("Adam", ()),
    "adamw": ("AdamW", ("weight_decay",)),
    "rmsprop": ("RMSprop", ("momentum",)),
    "adagrad": ("Adagrad", ()),
}


def _optimizer(plan: Plan) -> str:
    name, options = OPTIMIZERS[plan.optimizer]
    values: dict[str, Any] = plan.as_json()
    given = "".join(f", {option}={values[option]!r}" for option in options)
    return f"keras.optimizers.{name}({plan.learning_rate!r}{given})"
