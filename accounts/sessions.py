"""Sessions in the database, read with SQL that is written once: every page reads one."""

from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from database.prepared import Given, Select

_DATA = Select(
    lambda: Session.objects.filter(
        session_key=Given(Session, "session_key"),
        expire_date__gt=Given(Session, "expire_date", "now"),
    ).values_list("session_data", flat=True)
)


class SessionStore(db.SessionStore):
    """Django's own, but for how it reads."""

    def load(self) -> dict[str, Any]:
        """What the session holds; a key that is unknown or has expired is given up."""
        stored = _DATA.first(session_key=self.session_key, now=timezone.now())
        if stored is None:
            self._session_key = None
            return {}
        data: dict[str, Any] = self.decode(stored)
        return data
