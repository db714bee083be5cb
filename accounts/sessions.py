"""Sessions in the database, read with SQL that is written once: every page reads one.

People who do not ask to be kept signed in are signed out when the browser closes, or after some
idle hours: many share a computer in a classroom, and few close its browser.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple, cast

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends import db
from django.http import HttpRequest
from django.utils import timezone
from django.utils.http import base36_to_int

from accounts.agents import named
from accounts.models import Session, User
from database.prepared import Given
from database.rows import SelectRows

# Keys in the session: when somebody signed in, and with which browser.
BEGAN, AGENT = "signed_in_at", "signed_in_with"
# Where allauth keeps a sign-in that waits for its second step.
BEGUN = "account_login"
# What Django makes as a key. A cookie may hold anything, also text that no database takes.
_KEY = re.compile("[a-z0-9]{32}")


class Stored(NamedTuple):
    """A session as it is kept."""

    session_data: str
    expire_date: datetime


_DATA = SelectRows(
    Stored,
    lambda: Session.objects.filter(
        session_key=Given(Session, "session_key"),
        expire_date__gt=Given(Session, "expire_date", "now"),
    ).values_list(*Stored._fields),
)


class SessionStore(db.SessionStore):
    """Django's own, except for how it reads, its owner, and how long it lasts."""

    def __init__(self, session_key: str | None = None) -> None:
        """One that Django does not make belongs to no session."""
        super().__init__(session_key if _KEY.fullmatch(session_key or "") else None)

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row = cast("Session", super().create_model_instance(data))
        row.user_id = _owner(data)
        return row

    def get_session_cookie_age(self) -> int:
        passing = SESSION_KEY in self and self.get_expire_at_browser_close()
        age: int = settings.SESSION_IDLE_SECONDS if passing else settings.SESSION_COOKIE_AGE
        return age

    def load(self) -> dict[str, Any]:
        """What the session holds; a key that is unknown or has expired is dropped."""
        now = timezone.now()
        stored = _DATA.first(session_key=self.session_key, now=now)
        if stored is None:
            self._session_key = None
            return {}
        held, expires = stored
        data: dict[str, Any] = self.decode(held)
        left = (expires - now).total_seconds()
        if SESSION_KEY in data and data.get("_session_expiry") == 0:
            # Not on every page: each would have to write.
            self.modified = self.modified or left < settings.SESSION_IDLE_SECONDS / 2
        return data


def _owner(data: dict[str, Any]) -> int | None:
    """Who is signed in, or has given the password and not yet the second step."""
    if SESSION_KEY in data:
        return int(data[SESSION_KEY])
    begun = (data.get(BEGUN) or {}).get("user_pk")
    return base36_to_int(begun) if begun else None


@dataclass(frozen=True)
class SignIn:
    """One place where somebody is signed in."""

    key: str
    began: datetime | None
    agent: str
    kept: bool
    current: bool


def remember_sign_in(request: HttpRequest, **kwargs: Any) -> None:
    """A receiver: notes when somebody signed in, and with which browser."""
    request.session[BEGAN] = timezone.now().isoformat()
    request.session[AGENT] = named(request.META.get("HTTP_USER_AGENT", ""))


def sign_ins(request: HttpRequest, user: User) -> list[SignIn]:
    """Where this person is signed in, the newest first."""
    found = [
        SignIn(
            key=row.session_key,
            began=datetime.fromisoformat(data[BEGAN]) if BEGAN in data else None,
            agent=data.get(AGENT, "A browser"),
            kept=data.get("_session_expiry") != 0,
            current=row.session_key == request.session.session_key,
        )
        for row, data in letting_in(user)
    ]
    earliest = timezone.now() - timedelta(seconds=settings.SESSION_COOKIE_AGE)
    return sorted(found, key=lambda it: (it.current, it.began or earliest), reverse=True)


def letting_in(user: User) -> list[tuple[Session, dict[str, Any]]]:
    """The sessions by which this person is signed in, each with what it holds.

    Others of theirs have expired, await a second step, or are older than the password.
    """
    rows = Session.objects.filter(user=user, expire_date__gt=timezone.now())
    read = [(row, row.get_decoded()) for row in rows]
    return [
        (row, data)
        for row, data in read
        if data.get(HASH_SESSION_KEY) == user.get_session_auth_hash()
    ]


def sign_out_elsewhere(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Ends every other session of this person. Also a receiver of new passwords."""
    others = Session.objects.filter(user=user).exclude(session_key=request.session.session_key)
    others.delete()


def sign_out_everywhere(user: User) -> None:
    """Ends this person's sessions in every browser, also where a second step is awaited."""
    Session.objects.filter(user=user).delete()


@dataclass(frozen=True)
class Entry:
    """What somebody was let in by: a session, and its owner's password hash at that time."""

    key: str
    password: str | None


def entry_of(request: HttpRequest) -> Entry | None:
    key = request.session.session_key
    password = request.user.password if isinstance(request.user, User) else None
    return Entry(key, password) if key else None


def ended(entries: Collection[Entry]) -> set[Entry]:
    """Those that no longer let anybody in; one query, however many they are.

    The session was signed out, has expired, or was deleted with the account; or the account was
    deactivated or has another password.
    """
    keys = {entry.key for entry in entries}
    rows = Session.objects.filter(session_key__in=keys, expire_date__gt=timezone.now())
    told = rows.values_list("session_key", "user__password", "user__is_active")
    going = {Entry(key, password) for key, password, active in told if active is not False}
    # A sign-in that is only begun has an owner already, but has let nobody in yet.
    going |= {Entry(entry.key, None) for entry in going}
    return set(entries) - going
