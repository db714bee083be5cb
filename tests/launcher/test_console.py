"""The shared terminal."""

import io

import pytest

from launcher.console import Console, wants_colour


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Yes."""
        return True


def test_each_line_carries_the_name_of_its_writer() -> None:
    stream = io.StringIO()
    console = Console(stream)
    console.relay("web", "started")
    console.relay("worker", "started")
    console.say("Ready.")
    assert stream.getvalue() == "web     | started\nworker  | started\nReady.\n"


def test_colour_is_for_terminals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert wants_colour(Terminal())
    assert not wants_colour(io.StringIO())
    monkeypatch.setenv("NO_COLOR", "1")
    assert not wants_colour(Terminal())


def test_each_name_keeps_its_colour() -> None:
    stream = io.StringIO()
    console = Console(stream, colour=True)
    for name in ("web", "worker", "web"):
        console.relay(name, "text")
    first, second, third = stream.getvalue().splitlines()
    assert first == third
    assert first.split("m")[0] != second.split("m")[0]


def test_a_reader_that_went_away_does_not_end_the_platform() -> None:
    stream = io.StringIO()
    stream.close()
    Console(stream, colour=False).say("nobody hears this")
