"""A hub shows many viewers the same history, and reads it once."""

import asyncio
from typing import Any

import pytest
from django.db import OperationalError

from accounts.models import Learner
from tests.training_jobs.factories import make_claimed, make_finished, make_run, result_report
from tests.training_jobs.streaming import add_ticks, heard, in_loop, numbers, until
from training_jobs import lifecycle, stream
from training_jobs.events import frame
from training_jobs.models import Run
from training_jobs.queries import events_after
from training_jobs.stream import ALIVE, KEPT_EVENTS, PAGE_EVENTS, Hub
from training_jobs.stream_rows import Stretch, ask, read_stretch

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """No doorbell rings here, so the hub looks for itself, and often."""
    monkeypatch.setattr(stream, "LOOK_SECONDS", 0.02)


@pytest.fixture
def hub() -> Hub:
    return Hub()


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[Stretch]:
    """Every stretch that is read from the database."""
    done: list[Stretch] = []

    def read(*values: Any) -> Stretch:
        done.append(read_stretch(*values))
        return done[-1]

    monkeypatch.setattr(stream, "read_stretch", read)
    return done


def as_sent(run: Run) -> bytes:
    return b"".join(frame(name, data, seq) for seq, name, data in events_after(run.id, 0))


async def end(run: Run) -> None:
    assert await ask(lifecycle.succeed, run, result_report())


async def until_open(hub: Hub, viewers: int) -> None:
    await until(lambda: sum(feed.viewers for feed in hub.feeds.values()) == viewers)


def without_notes(chunks: list[bytes]) -> bytes:
    return b"".join(chunk for chunk in chunks if chunk.startswith(b"id: "))


def test_an_ended_run_is_replayed_in_one_piece(hub: Hub) -> None:
    run = make_finished()

    async def test() -> None:
        assert await heard(hub, run) == [await ask(as_sent, run)]
        assert numbers(await heard(hub, run, after=4)) == list(range(5, run.last_seq + 1))

    in_loop(test())


def test_a_live_run_is_followed_to_its_end(hub: Hub) -> None:
    run = make_claimed()

    async def test() -> None:
        watching = asyncio.create_task(heard(hub, run))
        await add_ticks(run, 5)
        await end(run)
        assert without_notes(await watching) == await ask(as_sent, run)

    in_loop(test())


def test_a_row_is_read_and_encoded_once_for_all_viewers(hub: Hub, reads: list[Stretch]) -> None:
    run = make_claimed()

    async def test() -> None:
        watching = [asyncio.create_task(heard(hub, run)) for _ in range(100)]
        await until_open(hub, 100)
        last = await add_ticks(run, 30)
        await end(run)
        everything = await ask(as_sent, run)
        assert all(
            without_notes(chunks) == everything for chunks in await asyncio.gather(*watching)
        )
        # Those before the first viewer came are a page, which all share.
        encoded = [number for read in reads for number in numbers(list(read.frames))]
        assert sorted(encoded) == list(range(1, last + 4))

    in_loop(test())


def test_many_who_join_a_long_run_at_once_read_each_page_once(
    hub: Hub, reads: list[Stretch]
) -> None:
    run = make_claimed()

    async def test() -> None:
        last = await add_ticks(run, 3 * PAGE_EVENTS)
        watching = [asyncio.create_task(heard(hub, run, after=seq % 7)) for seq in range(100)]
        await until_open(hub, 100)
        await end(run)
        for seq, chunks in enumerate(await asyncio.gather(*watching)):
            assert numbers(chunks) == list(range(seq % 7 + 1, last + 4))
        assert [read.after for read in reads if read.last <= last].count(0) == 1

    in_loop(test())


def test_several_events_travel_in_one_piece(hub: Hub) -> None:
    run = make_claimed()

    async def test() -> None:
        viewer = hub.follow(run, 0)
        await anext(viewer)
        await add_ticks(run, 9)
        hub.feeds[run.id].ring(run.last_seq)
        assert len(numbers([await anext(viewer)])) == 9
        await viewer.aclose()

    in_loop(test())


def test_a_slow_reader_costs_nothing_and_misses_nothing(hub: Hub) -> None:
    run = make_claimed()

    async def test() -> None:
        slow, quick = hub.follow(run, 0), asyncio.create_task(heard(hub, run))
        chunks = [await anext(slow)]
        await add_ticks(run, 2 * KEPT_EVENTS)
        await end(run)
        everything = numbers(await quick)
        feed = hub.feeds[run.id]
        assert len(feed.frames) < KEPT_EVENTS + PAGE_EVENTS
        assert feed.first > numbers(chunks)[-1]  # what the slow one needs is not kept any more
        chunks += [chunk async for chunk in slow]
        assert numbers(chunks) == everything == list(range(1, feed.last + 1))
        assert max(len(numbers([chunk])) for chunk in chunks) <= PAGE_EVENTS

    in_loop(test())


def test_a_number_that_was_never_sent_starts_at_the_newest(hub: Hub) -> None:
    run = make_claimed()

    async def test() -> None:
        watching = asyncio.create_task(heard(hub, run, after=999))
        await until_open(hub, 1)
        before = run.last_seq
        await add_ticks(run, 2)
        await end(run)
        assert numbers(await watching)[:2] == [before + 1, before + 2]

    in_loop(test())


def test_a_database_that_is_away_delays_and_loses_nothing(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = make_claimed()
    failures = iter([OperationalError("locked")] * 3)

    def read(*values: Any) -> Stretch:
        if values[1] and (failure := next(failures, None)):  # not the first page: that is refused
            raise failure
        return read_stretch(*values)

    monkeypatch.setattr(stream, "read_stretch", read)

    async def test() -> None:
        watching = asyncio.create_task(heard(hub, run))
        await add_ticks(run, 3)
        await end(run)
        assert without_notes(await watching) == await ask(as_sent, run)
        assert next(failures, None) is None

    in_loop(test())


def test_a_failed_page_is_read_again(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    run = make_finished()

    def fail(*_: Any) -> Stretch:
        raise OperationalError("locked")

    async def test() -> None:
        with monkeypatch.context() as patch:
            patch.setattr(stream, "read_stretch", fail)
            with pytest.raises(OperationalError):
                await heard(hub, run)
        assert numbers(await heard(hub, run)) == list(range(1, run.last_seq + 1))

    in_loop(test())


def test_closing_the_hub_ends_every_stream(hub: Hub) -> None:
    run = make_claimed()

    async def test() -> None:
        watching = [asyncio.create_task(heard(hub, run)) for _ in range(5)]
        await until_open(hub, 5)
        hub.close()
        for chunks in await asyncio.gather(*watching):
            assert b"event: end" not in b"".join(chunks)
        assert not hub.feeds

    in_loop(test())


def test_a_feed_ends_with_its_last_viewer(hub: Hub) -> None:
    run = make_claimed()

    async def test() -> None:
        one, two = hub.follow(run, 0), hub.follow(run, 0)
        await anext(one)
        await anext(two)
        feed = hub.feeds[run.id]
        await one.aclose()
        assert hub.feeds == {run.id: feed}
        await two.aclose()
        await asyncio.sleep(0)
        assert not hub.feeds
        assert feed.reading.done()

    in_loop(test())


def test_the_place_in_the_queue_is_told_once_and_again_when_it_changes(hub: Hub) -> None:
    earlier = make_run(Learner.objects.create(), key="earlier")
    run = make_run(Learner.objects.create(), key="later")

    async def test() -> None:
        viewer = hub.follow(run, 0)
        assert numbers([await anext(viewer)]) == [1]
        assert b'event: queue\ndata: {"position":2' in await anext(viewer)
        latecomer = hub.follow(run, 0)
        await anext(latecomer)
        assert b'"position":2' in await anext(latecomer)
        await ask(lifecycle.request_cancel, earlier)
        assert b'"position":1' in await anext(viewer)
        await viewer.aclose()
        await latecomer.aclose()

    in_loop(test())


def test_who_comes_after_the_queue_hears_nothing_of_it(hub: Hub) -> None:
    run = make_run(Learner.objects.create())

    async def test() -> None:
        viewer = hub.follow(run, 0)
        await anext(viewer)
        assert b"event: queue" in await anext(viewer)
        claimed = await ask(lifecycle.claim_next)
        assert claimed == run
        while b'"state":"running"' not in await anext(viewer):
            pass
        assert hub.feeds[run.id].note == ALIVE
        await viewer.aclose()

    in_loop(test())


def test_a_stream_without_news_gives_signs_of_life_that_scripts_hear(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "ALIVE_SECONDS", 0.01)
    run = make_claimed()

    async def test() -> None:
        viewer = hub.follow(run, run.last_seq)
        for _ in range(3):
            assert await anext(viewer) == b"event: alive\ndata: {}\n\n"
        await viewer.aclose()

    in_loop(test())


def test_a_sign_of_life_repeats_the_place_in_the_queue(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = make_run(Learner.objects.create())

    async def test() -> None:
        viewer = hub.follow(run, run.last_seq)
        assert b"event: queue" in await anext(viewer)
        monkeypatch.setattr(stream, "ALIVE_SECONDS", 0.01)
        other = Hub()
        again = other.follow(run, run.last_seq)
        told = [await anext(again) for _ in range(20)]
        assert sum(b"event: queue" in one for one in told) > 1
        await viewer.aclose()
        await again.aclose()

    in_loop(test())


def test_a_history_that_was_removed_ends_the_stream(hub: Hub) -> None:
    run = make_finished()
    run.events.all().delete()

    async def test() -> None:
        assert await heard(hub, run) == []

    in_loop(test())
