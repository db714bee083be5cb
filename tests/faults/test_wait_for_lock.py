"""Somebody holds the database's write lock while a page has to write."""

import threading

import pytest

from tests.faults import house
from tests.platform.visitor import Visitor
from tests.training_jobs.factories import make_experiment
from training_jobs.models import Run

pytestmark = [pytest.mark.launcher, pytest.mark.slow]
NO_BROKER = "redis://127.0.0.1:1/0"


def post(visitor: Visitor) -> tuple[int, str | None]:
    response = visitor.post("/experiments/small/", {"seed": "1"})
    return response.status_code, response.headers.get("Retry-After")


@pytest.mark.usefixtures("without_trainer")
def test_a_page_waits_for_a_short_lock_and_says_when_it_is_a_long_one() -> None:
    make_experiment()
    with house.web(NO_BROKER, WEIGHTWISE_DATABASE_PATIENCE_SECONDS=10) as address:
        visitor = Visitor(address)
        with house.locked_database() as lock:
            threading.Timer(3, lock.rollback).start()
            assert post(visitor) == (302, None)
        # Held for as long as it takes: longer than the server's patience.
        with house.locked_database():
            assert post(visitor) == (503, "10")
            assert visitor.get("/experiments/small/").status_code == 200  # reading goes on
        assert Run.objects.count() == 1
        assert post(visitor) == (302, None)
