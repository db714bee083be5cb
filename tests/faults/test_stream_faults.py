"""Streams when connections break, viewers vanish, too many come, and the process stops."""

import signal
import socket
import struct
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing

import pytest
import requests

from tests.faults.proxy import CuttingProxy, cutting_proxy
from tests.faults.web import Web, events, watch, web
from tests.patience import LAST_RESORT, eventually
from tests.training_jobs.factories import make_claimed, result_report, tick_report
from training_jobs import lifecycle
from training_jobs.models import Run

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def watch_to_the_end(proxy: CuttingProxy, run: Run) -> list[int]:
    """What an EventSource does: it comes back after each cut, with the last number it has."""
    heard: list[tuple[int, str]] = []
    while not heard or heard[-1][1] != "end":
        try:
            with closing(watch(proxy.port, run, heard[-1][0] if heard else 0)) as response:
                heard += events(response)
        except requests.RequestException:
            continue
    return [number for number, _ in heard]


def test_a_proxy_that_cuts_every_two_seconds_makes_no_gap_and_no_repetition() -> None:
    run = make_claimed()
    with (
        web() as server,
        cutting_proxy(server.port, 2) as proxy,
        ThreadPoolExecutor() as viewers,
    ):
        watching = [viewers.submit(watch_to_the_end, proxy, run) for _ in range(4)]
        while proxy.cuts < 12:  # every viewer is cut three times while rows are added
            lifecycle.record(run, tick_report())
            time.sleep(0.02)
        lifecycle.succeed(run, result_report())
        run.refresh_from_db()
        for viewer in watching:
            assert viewer.result() == list(range(1, run.last_seq + 1))


def reset(server: Web, run: Run) -> None:
    """Asks for the stream and vanishes at once, with a TCP reset."""
    with socket.create_connection(("127.0.0.1", server.port)) as client:
        client.sendall(f"GET /runs/{run.id}/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def watch_patiently(server: Web, run: Run) -> requests.Response:
    """A stream as soon as there is a place: who vanished last may still be on the way in."""
    responses = [server.watch(run)]

    def has_a_place() -> bool:
        if responses[-1].status_code == 503:
            responses[-1].close()
            responses.append(server.watch(run))
        return responses[-1].status_code != 503

    eventually(has_a_place, "no place became free")
    return responses[-1]


def test_viewers_that_reset_before_the_headers_leave_their_places() -> None:
    run = make_claimed()
    with web(STREAMS_PER_PROCESS=10) as server, ThreadPoolExecutor(20) as viewers:
        list(viewers.map(lambda _: reset(server, run), range(300)))
        server.wait_for_streams(0)
        with ExitStack() as opened:
            for _ in range(10):
                response = opened.enter_context(closing(watch_patiently(server, run)))
                assert response.status_code == 200
            assert server.streams_open() == 10


def test_who_finds_no_place_is_told_and_served_when_one_is_free() -> None:
    run = make_claimed()
    with web(STREAMS_PER_PROCESS=5) as server, ExitStack() as opened:
        responses = [opened.enter_context(closing(server.watch(run))) for _ in range(5)]
        refused = server.watch(run)
        assert refused.status_code == 503
        assert refused.headers["Retry-After"] == "5"
        assert "two seconds" in refused.json()["error"]
        # What the page does instead.
        assert (
            requests.get(server.url(f"/runs/{run.id}.json"), timeout=LAST_RESORT).status_code == 200
        )
        responses[0].close()
        server.wait_for_streams(4)
        with closing(server.watch(run)) as response:
            assert response.status_code == 200


def test_a_process_that_is_told_to_stop_ends_its_streams() -> None:
    run = make_claimed()
    with web() as server, ThreadPoolExecutor(10) as viewers:
        responses = [server.watch(run) for _ in range(10)]
        heard = [viewers.submit(list, events(response)) for response in responses]
        server.process.popen.send_signal(signal.SIGTERM)
        for viewer in heard:
            # To its proper end: a stream that was torn off would raise here.
            assert [number for number, _ in viewer.result()] == list(range(1, run.last_seq + 1))
        server.process.exit_code()
        # Without the hub's own end, the server would wait for these streams for ever.
        assert "Application shutdown complete" in server.process.output()
