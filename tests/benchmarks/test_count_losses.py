"""The benchmark of many viewers sees what is lost and what comes twice."""

import asyncio
from typing import Any

import numpy as np
import pytest

from benchmarks import fanout
from benchmarks.fanout import Use
from benchmarks.viewers import Viewer, rows
from training_jobs.events import frame


def chunk(*numbers: int) -> bytes:
    """One chunk of an HTTP answer with these events."""
    body = b"".join(frame("tick", {"epoch": number / 8}, number) for number in numbers)
    return b"%x\r\n%s\r\n" % (len(body), body)


def heard(*pieces: bytes) -> Viewer:
    async def listen() -> Viewer:
        viewer = Viewer(b"")
        for piece in pieces:
            viewer.data_received(piece)
        viewer.connection_lost(None)
        return viewer

    return asyncio.run(listen())


def test_a_viewer_notes_each_event_however_it_is_cut() -> None:
    sent = b"HTTP/1.1 200 OK\r\nserver: test\r\n\r\n" + chunk(1, 2) + chunk(3) + chunk(4, 5, 6)
    for size in (1, 7, 50, len(sent)):
        viewer = heard(*(sent[at : at + size] for at in range(0, len(sent), size)))
        assert sorted(viewer.arrivals) == [1, 2, 3, 4, 5, 6]
        assert viewer.repeated == 0


def test_what_comes_twice_or_never_is_counted() -> None:
    viewers = [heard(chunk(1, 2, 3)), heard(chunk(1, 3), chunk(3))]
    table = list(rows(viewers))
    assert [row[0] for row in table] == [0, 1]
    assert [bool(time) for time in table[1][1:]] == [True, False, True]


@pytest.mark.parametrize(("missing", "lost"), [([], 0), ([1], 2)])
def test_losses_are_counted_against_the_database(missing: list[int], lost: int) -> None:
    arrivals: Any = np.array([[0.0, 10.1, 11.1, 12.2], [0.0, 10.1, 11.3, 12.2]])
    arrivals[:, missing] = 0.0
    recorded = np.array([10.0, 11.0, 12.0])
    before, opened, ended = Use(0, 100, 9), Use(1, 2100, 9.5), Use(2, 0, 13)
    figures = fanout._figures(arrivals, recorded, before, opened, ended)
    values = {figure.figure: figure.value for figure in figures}
    assert (values["viewers"], values["lost"], values["repeated"]) == (2, lost, 0)
    assert values["memory_a_viewer"] == 2000 / fanout.VIEWERS
    if not lost:
        assert values["lag_max"] == pytest.approx(300)
