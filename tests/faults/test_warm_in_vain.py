"""A trainer that cannot load takes no run, says so, and comes back when it can."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from authoring.models import State
from tests.faults import house
from tests.faults.house import Broker, ask, ended, long_experiment
from training_jobs.models import Experiment, Pace, Run, Worker

pytestmark = [pytest.mark.launcher, pytest.mark.slow, pytest.mark.engine]

# What stands in the place of TensorFlow, and what is said of it.
BROKEN = {
    "missing": ("raise ImportError('no such library on this machine')", "no such library"),
    "mistaken": ("raise ValueError('not for this processor')", "not for this processor"),
    "exits": ("raise SystemExit('licence expired')", "licence expired"),
    "crashes": ("import os; os.abort()", "ended while it was loading"),
    "hangs": ("import threading; threading.Event().wait()", "took too long"),
}
# A trainer that never loads does not leave when it is asked to, and nothing is said after it.
NO_GRACE = 0


def row(name: str) -> Worker:
    """What the worker has written of itself; it may not have begun to."""
    return Worker.objects.filter(name=name).first() or Worker(name=name)


@pytest.fixture
def library(tmp_path: Path) -> Callable[[str], Path]:
    """Puts a library in TensorFlow's place; gives the folder for PYTHONPATH."""
    package = tmp_path / "tensorflow"
    package.mkdir()

    def write(body: str) -> Path:
        (package / "__init__.py").write_text(body)
        return tmp_path

    return write


@pytest.mark.parametrize("kind", BROKEN)
def test_it_takes_no_run_and_says_why(
    own_broker: Broker, library: Callable[[str], Path], kind: str
) -> None:
    body, said = BROKEN[kind]
    run = ask(long_experiment(epochs=1))
    # On a busy machine the others take their time, too, until they say what is wrong. Of what hangs
    # the same is said whichever step of its loading was the slow one.
    limits = {"WEIGHTWISE_TRAINER_WARM_SECONDS": 2} if kind == "hangs" else {}
    broken = {"PYTHONPATH": library(body), **limits}
    with (
        house.sweep(own_broker.url),
        house.trainer(own_broker.url, "bad", grace=NO_GRACE, **broken) as bad,
    ):
        bad.process.wait_for(
            lambda: row(bad.name).state == Worker.State.USELESS and said in row(bad.name).reason,
            "never said that it is useless",
        )
        # It tries again by itself, and takes nothing meanwhile.
        bad.process.wait_for(lambda: row(bad.name).failures > 1, "did not try again")
        run.refresh_from_db()
        assert (run.state, run.tries) == (Run.State.QUEUED, 0)
        assert bad.process.popen.poll() is None


def test_it_trains_once_it_can_load(own_broker: Broker, library: Callable[[str], Path]) -> None:
    folder = library("raise OSError('the disk was away')")
    Pace.objects.create(host="an older container", kind="mnist dense xla", ratios=[2.0])
    run = ask(long_experiment(epochs=1))
    with (
        house.sweep(own_broker.url),
        house.trainer(own_broker.url, "late", PYTHONPATH=folder) as late,
    ):
        late.process.wait_for(
            lambda: row(late.name).state == Worker.State.USELESS, "never said that it is useless"
        )
        (folder / "tensorflow").rename(folder / "elsewhere")
        history = ended(run)
        assert history.states == ["queued", "running", "succeeded"]
        assert (row(late.name).state, row(late.name).failures) == (Worker.State.READY, 0)
        assert row(late.name).reason == ""
        # What was learned under another name is not lost.
        assert Pace.objects.get(host=row(late.name).host, kind="mnist dense xla").ratios == [2.0]


def test_a_good_worker_takes_the_run(own_broker: Broker, library: Callable[[str], Path]) -> None:
    folder = library("raise ValueError('not here')")
    with (
        house.sweep(own_broker.url),
        house.trainer(own_broker.url, "bad", grace=NO_GRACE, PYTHONPATH=folder) as bad,
        house.trainer(own_broker.url, "good") as good,
    ):
        bad.process.wait_for(
            lambda: row(bad.name).state == Worker.State.USELESS, "never said that it is useless"
        )
        good.wait_until_ready()
        histories = [ended(ask(long_experiment(epochs=1))) for _ in range(4)]
    assert {history.run.worker for history in histories} == {good.name}
    assert {history.run.state for history in histories} == {Run.State.SUCCEEDED}


LIFE = re.compile(r"\b(trainer_ready|run_started|run_ended|trainer_grown)\b")
ONE_RUN = ["trainer_ready", "run_started", "run_ended", "trainer_grown"]


def test_a_trainer_that_has_grown_gives_way_and_the_next_trains(own_broker: Broker) -> None:
    """Each run is of a network that is new, and compiling one takes more than the bound."""
    # Nobody is to take a run over here, however slow the machine is.
    bound = {"WEIGHTWISE_TRAINER_GROWTH_MEGABYTES": 1, "WEIGHTWISE_RUN_LEASE_SECONDS": 60}
    runs = [ask(long_experiment(epochs=1, hidden_units=[units])) for units in (24, 40)]
    # What is published is rehearsed before the first run, and would not be new.
    Experiment.objects.update(state=State.DRAFT)
    with (
        house.sweep(own_broker.url),
        house.trainer(own_broker.url, "grown", **bound) as grown,
    ):
        grown.wait_until_ready()
        first = grown.child
        histories = [ended(run) for run in runs]
        grown.wait_until_ready(times=3)
        output = grown.process.output()
        assert LIFE.findall(output) == [*ONE_RUN, *ONE_RUN, "trainer_ready"]
        assert [history.states for history in histories] == [["queued", "running", "succeeded"]] * 2
        assert {history.run.tries for history in histories} == {1}
        assert grown.child != first
        assert "exited prematurely" not in output
        assert row(grown.name).state == Worker.State.READY
