"""Passwords are hashed a few at a time: one hash keeps a processor as busy as a dozen pages do.

Every hash needs a turn, wherever in the process it is made. Requests that are known to hash also
wait in a line of their own (`config.gates`), so that they leave threads to the pages of others.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.http import HttpRequest, HttpResponse

from throttling.refusals import TurnedAway, spell
from throttling.waiting import left

AT_ONCE = 2
# From when a request came until it is refused, and when it is worth trying again.
PATIENCE_SECONDS = 20.0
RETRY_SECONDS = 5
# What a POST to these hashes, below the site's prefix.
PATHS = (
    "/accounts/login/",
    "/accounts/signup/",
    # Not all below password/: asking for a link to choose a new one hashes nothing.
    "/accounts/password/change/",
    "/accounts/password/set/",
    "/accounts/password/reset/key/",
    "/accounts/reauthenticate/",
    "/admin/accounts/user/",
)

_turns = threading.BoundedSemaphore(AT_ONCE)


class NoTurn(TurnedAway):
    """Too many passwords are being checked; this one was not, and does not count as a try."""

    status = 503

    def __init__(self) -> None:
        super().__init__(
            "A great many people are signing in right now, so your password was not checked."
            f" Enter it again in {spell(RETRY_SECONDS)}.",
            RETRY_SECONDS,
        )


class _Mine(threading.local):
    """The turn of one thread."""

    has_turn = False
    # Taken before the hash that it is for.
    is_held = False


_mine = _Mine()


def hashes(path: str) -> bool:
    """Whether a POST to this path may hash a password."""
    return path.startswith(PATHS)


def _take() -> None:
    if not _turns.acquire(timeout=left(PATIENCE_SECONDS)):
        raise NoTurn
    _mine.has_turn = True


def _give_back() -> None:
    _mine.has_turn = _mine.is_held = False
    _turns.release()


@contextmanager
def turn() -> Iterator[None]:
    """For what is done in a turn. Raises NoTurn; within another turn, it is the same one."""
    if _mine.has_turn:
        yield
        return
    _take()
    try:
        yield
    finally:
        _give_back()


def hold() -> None:
    """Takes the turn for the hash that follows in this request. Raises NoTurn."""
    if not _mine.has_turn:
        _take()
        _mine.is_held = True


def let_go() -> None:
    """Gives back what `hold` took, if it has not been used."""
    if _mine.is_held:
        _give_back()


class PatientHasher(PBKDF2PasswordHasher):
    """Django's own hashes, made in turn."""

    def encode(self, password: str, salt: str, iterations: int | None = None) -> str:
        try:
            with turn():
                return super().encode(password, salt, iterations)
        finally:
            let_go()  # what follows, such as sending mail, needs no turn


class LetGo:
    """No turn outlasts its request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            return self.get_response(request)
        finally:
            let_go()
