"""A broker, a sweep and a worker that outlive the tests, as they do the faults."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.faults import house
from tests.faults.house import Broker, Trainer


@pytest.fixture(scope="session")
def broker() -> Iterator[Broker]:
    with ExitStack() as stack:
        yield Broker(stack)


@pytest.fixture(scope="session")
def standing_ones() -> list[Trainer]:
    """The standing worker, once a test of this process has asked for it."""
    return []


@pytest.fixture(scope="session")
def standing_trainer(
    broker: Broker, standing_ones: list[Trainer], django_db_setup: None
) -> Iterator[Trainer]:
    with house.sweep(broker.url), house.trainer(broker.url, "standing") as worker:
        worker.wait_until_ready()
        standing_ones.append(worker)
        yield worker
        standing_ones.remove(worker)


@pytest.fixture
def trainer(standing_trainer: Trainer, transactional_db: None) -> Trainer:
    """The standing worker, alive and ready for the test's first run."""
    return standing_trainer


@pytest.fixture
def without_trainer(standing_ones: list[Trainer], transactional_db: None) -> Iterator[None]:
    """The standing worker, if there is one, takes no run meanwhile: it stands still."""
    for worker in standing_ones:
        worker.stop()
    yield
    for worker in standing_ones:
        worker.go_on()


@pytest.fixture
def own_broker(without_trainer: None) -> Iterator[Broker]:
    """A broker for a worker of the test's own, which has all runs to itself."""
    with ExitStack() as stack:
        yield Broker(stack)


@pytest.fixture(scope="session")
def undisturbed(standing_trainer: Trainer) -> dict[str, str]:
    """The final weights of the long plan, once a test has let it train in peace."""
    return {}


@pytest.fixture
def peaceful_digest(trainer: Trainer, undisturbed: dict[str, str]) -> str:
    """The final weights of the long plan when nothing happens to its run."""
    if not undisturbed:
        history = house.ended(house.ask())
        assert history.run.state == "succeeded", history.run.reason
        undisturbed["digest"] = history.digest
    return undisturbed["digest"]
