"""What the course's texts claim about optimizers, run."""

import tomllib
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from statistics import mean, stdev

import pytest
import tensorflow as tf
from django.conf import settings

from training_jobs.engine import datasets
from training_jobs.engine.fit import fit
from training_jobs.engine.library import keras
from training_jobs.engine.plan import Plan
from training_jobs.engine.progress import Progress, Result

pytestmark = pytest.mark.engine

COURSE: Path = settings.WEIGHTWISE_CONTENT
RATE = 0.01
SEEDS = 12


def moves(optimizer: keras.Optimizer, gradients: Sequence[float]) -> list[float]:
    """How far each gradient moves a single weight, against its own sign, in rates."""
    weight = keras.Variable([0.0])
    optimizer.build([weight])
    places = [0.0]
    for gradient in gradients:
        optimizer.apply([tf.constant([gradient])], [weight])
        places.append(float(weight.numpy()[0]))
    return [(before - after) / RATE for before, after in pairwise(places)]


def test_get_takes_a_name_a_dictionary_or_an_optimizer_and_no_rate() -> None:
    described = {"class_name": "Adam", "config": {"learning_rate": 0.5}}
    assert float(keras.optimizers.get("adam").learning_rate) == pytest.approx(0.001)
    assert float(keras.optimizers.get(described).learning_rate) == 0.5
    own = keras.optimizers.Adam(0.25)
    assert keras.optimizers.get(own) is own
    with pytest.raises(TypeError):
        keras.optimizers.get("adam", learning_rate=0.001)


def test_like_gradients_make_adagrads_steps_shorter_and_a_spike_longer_again() -> None:
    *alike, spiked = moves(keras.optimizers.Adagrad(RATE), [1.0, 1.0, 1.0, 100.0])
    assert alike == sorted(alike, reverse=True)
    assert spiked > 1.5 * alike[-1]


def test_adams_steps_are_a_rate_long_until_a_gradient_is_a_hundred_times_larger() -> None:
    # From the state that thousands of like gradients lead to; single steps would take as many.
    weight = keras.Variable([0.0])
    adam = keras.optimizers.Adam(RATE)
    adam.build([weight])
    _, _, mean_of, square_of = adam.variables
    adam.iterations.assign(20_000)
    mean_of.assign([1.0])
    square_of.assign([1.0])
    adam.apply([tf.constant([1.0])], [weight])
    alike = -float(weight.numpy()[0]) / RATE
    adam.apply([tf.constant([100.0])], [weight])
    spiked = -float(weight.numpy()[0]) / RATE - alike
    assert alike == pytest.approx(1.0, abs=0.01)
    assert spiked == pytest.approx(3.3, abs=0.1)


def test_rmsprop_forgets_large_gradients_and_adagrad_does_not() -> None:
    drifting = [10.0] * 100 + [0.1] * 100
    assert moves(keras.optimizers.RMSprop(RATE), drifting)[-1] == pytest.approx(1.0, abs=0.2)
    assert moves(keras.optimizers.Adagrad(RATE), drifting)[-1] < 0.01


def over_seeds(slug: str) -> list[float]:
    """The test accuracies of an experiment in per cent, one for each of the seeds."""
    path = COURSE / "optimizers" / "experiments" / f"{slug}.toml"
    values = tomllib.loads(path.read_text(encoding="utf-8"))["plan"]
    table = datasets.load("tabular", Path("nowhere"))
    found = []
    for seed in range(SEEDS):
        reports: list[Progress] = []
        fit(Plan.parse({**values, "seed": seed}), table, reports.append, lambda: False)
        result = reports[-1]
        assert isinstance(result, Result)
        found.append(100 * result.test_accuracy)
    return found


def test_three_optimizers_over_twelve_seeds_end_where_the_lesson_says() -> None:
    """Processors round differently, so a mean may differ by half a row in a hundred."""
    adam, sgd, rmsprop = (over_seeds(f"optimizers-{name}") for name in ("adam", "sgd", "rmsprop"))
    lesson = (COURSE / "optimizers" / "lessons" / "pipeline.md").read_text(encoding="utf-8")
    words = " ".join(lesson.split())
    told = "Adam ended at 94.8 % of the test rows on average, SGD with momentum at 94.3 % and"
    assert f"over the seeds 0 to {SEEDS - 1}, {told} RMSprop at 91.5 %" in words
    assert "1.5 points for Adam, 3.5 for SGD and 13.5 for RMSprop" in words
    assert mean(adam) == pytest.approx(94.8, abs=0.5)
    assert mean(sgd) == pytest.approx(94.3, abs=1.0)
    assert mean(rmsprop) == pytest.approx(91.5, abs=1.5)
    from_worst_to_best = [max(found) - min(found) for found in (adam, sgd, rmsprop)]
    assert from_worst_to_best == sorted(from_worst_to_best)
    assert from_worst_to_best[0] == pytest.approx(1.5, abs=1.0)
    assert stdev(adam) < min(stdev(sgd), stdev(rmsprop))
