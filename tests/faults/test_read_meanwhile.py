"""Many who write or sign in at once leave threads to those who read."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from functools import partial

import pytest
from django.db import connection

from tests.faults import house
from tests.faults.web import web
from tests.patience import LAST_RESORT
from tests.platform.visitor import CSRF, Visitor
from tests.training_jobs.factories import make_experiment
from training_jobs.models import Run

pytestmark = [pytest.mark.launcher, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
# More than there are threads for pages.
MANY = 12


def test_pages_are_read_while_more_writers_than_threads_wait_for_the_lock() -> None:
    if connection.vendor != "sqlite":
        # There, writers wait for one another only at the same rows.
        pytest.skip("PostgreSQL has no lock for all writers")
    make_experiment()
    with web(DATABASE_PATIENCE_SECONDS=10) as served, ThreadPoolExecutor(MANY) as pool:
        visitors = [Visitor(served.url("")) for _ in range(MANY)]
        for visitor in visitors:
            visitor.get("/experiments/small/")
        with house.locked_database():
            asked = [
                pool.submit(visitor.post, "/experiments/small/", {"seed": "1"})
                for visitor in visitors
            ]
            reader = Visitor(served.url(""))
            for _ in range(5):
                assert reader.get("/experiments/small/").status_code == 200
            assert not any(one.done() for one in asked), "the pages waited for the writers"
            answers = Counter(one.result().status_code for one in asked)
        assert answers == {503: MANY}
        assert Run.objects.count() == 0
        assert visitors[0].post("/experiments/small/", {"seed": "1"}).status_code == 302


def ready_to_sign_in(address: str, number: int) -> Callable[[], int]:
    """Someone who has the page with the form, and sends it when called."""
    visitor = Visitor(address)
    token = CSRF.search(visitor.get("/accounts/login/").text)
    assert token is not None
    form = {"csrfmiddlewaretoken": token[1], "login": f"nobody{number}", "password": "wrong-pass-7"}
    send = partial(visitor.session.post, f"{address}/accounts/login/", form, timeout=LAST_RESORT)
    return lambda: send().status_code


def test_pages_are_read_while_many_sign_in() -> None:
    with web() as served, ThreadPoolExecutor(2 * MANY) as pool:
        senders = [ready_to_sign_in(served.url(""), number) for number in range(2 * MANY)]
        asked = [pool.submit(sender) for sender in senders]
        reader = Visitor(served.url(""))
        wait(asked, return_when=FIRST_COMPLETED)  # by now all have come
        assert reader.get("/").status_code == 200
        assert sum(one.done() for one in asked) < MANY, "the page waited for the passwords"
        assert {one.result() for one in asked} <= {200, 503}
