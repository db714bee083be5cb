"""One at a time: a decision that rests on several tables must see what others have just decided.

A row lock does not do for that: a decision about one row depends on others, which may not exist
yet, or be about to go.
"""

import hashlib

from django.db import connection


def take_turn(subject: str) -> None:
    """Waits until nobody else decides about `subject`; the turn ends with the transaction.

    What is read afterwards is up to date. Take it before any lock of a row. On SQLite a transaction
    is alone from its beginning.
    """
    if connection.vendor != "postgresql":
        return
    key = int.from_bytes(hashlib.sha256(subject.encode()).digest()[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])
