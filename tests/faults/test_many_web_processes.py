"""Two web processes on one port: limits, figures, streams and a stop hold across them."""

import os
import re
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
import requests

from accounts.models import Learner
from launcher.ports import free_port
from launcher.readiness import web_answers
from tests import servers
from tests.factories import client_of
from tests.faults.house import children
from tests.faults.web import Web, database_url, events
from tests.patience import LAST_RESORT, eventually
from tests.training_jobs.factories import make_claimed
from training_jobs.models import Run

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.slow,
    pytest.mark.launcher,
]
MOST = 4


@pytest.fixture
def site() -> Iterator[Web]:
    port = free_port()
    with servers.redis_server() as redis:
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "config.settings.dev",
            "DATABASE_URL": database_url(),
            "REDIS_URL": redis.url,
            "WEIGHTWISE_WEB_PROCESSES": "2",
            "WEIGHTWISE_STREAMS_PER_LEARNER": str(MOST),
        }
        command = [sys.executable, "scripts/serve.py", "--port", str(port)]
        with servers.process(command, env=environment, grace=20) as process:
            site = Web(process, port)
            process.wait_for(lambda: web_answers(site.url("/")), "the web server did not answer")
            process.wait_for(
                lambda: process.output().count("Application startup complete") == 2,
                "there are not two processes",
            )
            yield site


def watch_as(site: Web, run: Run, learner: Learner) -> requests.Response:
    """A stream on a connection of its own, which either process may accept."""
    session = client_of(learner).cookies["sessionid"].value
    address, cookie = site.url(f"/runs/{run.id}/events"), {"sessionid": session}
    return requests.get(address, cookies=cookie, stream=True, timeout=LAST_RESORT)


def serving(site: Web) -> list[int]:
    """The processes that serve: those with a socket of the port, besides the master."""
    found = children(site.process.pid)
    return [pid for pid in found if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def test_a_learners_streams_are_counted_together(site: Web) -> None:
    learner = Learner.objects.create()
    run = make_claimed(learner)
    with ExitStack() as opened:
        open_ones = []
        for _ in range(MOST):
            open_ones.append(opened.enter_context(closing(watch_as(site, run, learner))))
            assert open_ones[-1].status_code == 200
        for _ in range(6):  # whichever of the two is asked
            with closing(watch_as(site, run, learner)) as refused:
                assert (refused.status_code, refused.headers["Retry-After"]) == (429, "5")
        site.wait_for_streams(MOST)
        open_ones[0].close()

        def has_a_place() -> bool:
            with closing(watch_as(site, run, learner)) as again:
                return again.status_code == 200

        eventually(has_a_place, "the place did not come back")


def test_whichever_is_asked_tells_the_figures_of_all(site: Web) -> None:
    for _ in range(20):
        assert requests.get(site.url("/accounts/login/"), timeout=LAST_RESORT).status_code == 200
    counted = re.compile(r'^weightwise_requests_total\{.*view="account_login".*\} (\S+)$', re.M)
    told = {
        sum(
            float(one)
            for one in counted.findall(requests.get(site.url("/metrics"), timeout=LAST_RESORT).text)
        )
        for _ in range(6)
    }
    assert told == {20.0}


def test_one_that_dies_is_replaced_and_its_open_streams_are_not_counted(site: Web) -> None:
    run = make_claimed()
    with ExitStack() as opened:
        for _ in range(6):
            opened.enter_context(closing(site.watch(run)))
        site.wait_for_streams(6)
        for pid in serving(site):
            os.kill(pid, signal.SIGKILL)
        site.process.wait_for(lambda: web_answers(site.url("/")), "nobody took their place")
        site.wait_for_streams(0)


def test_a_stop_ends_every_stream_properly(site: Web) -> None:
    run = make_claimed()
    responses = [site.watch(run) for _ in range(6)]
    site.process.popen.send_signal(signal.SIGTERM)
    for response in responses:
        # To its proper end: a stream that was torn off would raise here.
        assert [number for number, _ in events(response)] == list(range(1, run.last_seq + 1))
    eventually(lambda: site.process.popen.poll() is not None, "it did not stop")
    assert not serving(site)
