"""The broker is not there at all when a run is asked for."""

import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager

import pytest

from tests.faults import house
from tests.platform.visitor import Visitor
from tests.training_jobs.factories import make_experiment
from training_jobs.models import Run

pytestmark = [pytest.mark.launcher, pytest.mark.slow]


@contextmanager
def refusing() -> Iterator[int]:
    """A port where nothing listens."""
    yield 1


@contextmanager
def silent() -> Iterator[int]:
    """A port where connections are taken and nothing is ever said."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        yield listener.getsockname()[1]


@pytest.mark.usefixtures("without_trainer")
@pytest.mark.parametrize("broken", [refusing, silent])
def test_a_post_does_not_wait_for_a_broker_that_is_not_there(
    broken: Callable[[], AbstractContextManager[int]],
) -> None:
    make_experiment()
    with broken() as port, house.web(f"redis://127.0.0.1:{port}/0") as address:
        for seed in ("1", "2"):
            visitor = Visitor(address)
            visitor.get("/experiments/small/")
            response = visitor.post("/experiments/small/", {"seed": seed})
            assert response.status_code == 302
    assert set(Run.objects.values_list("state", flat=True)) == {"queued"}
    assert Run.objects.count() == 2
