"""How this application speaks to its broker: only to the one in its settings, and for good.

Celery ends a worker over an answer that it does not expect, such as that of a server that has
just become a replica, or over a message that is none. Here that costs the connection alone.
"""

from typing import Any

import structlog
from celery import Celery
from celery.app.amqp import AMQP
from django.conf import settings
from kombu import Connection, Message
from kombu.transport.redis import Channel, Transport

log = structlog.get_logger("weightwise.broker")

# What taking a message apart raises when it is not one of ours: no JSON, or JSON of another form.
JUNK = (ValueError, LookupError, TypeError, AttributeError, RecursionError)
# Celery's own longest pause between two attempts is half a minute.
LONGEST_PAUSE_SECONDS = 3


class LenientChannel(Channel):
    """Redis, where a message that nobody can handle is dropped.

    Left unacknowledged, it would go back into the list when the connection ends, and end the next.
    """

    def basic_consume(
        self, queue: str, no_ack: bool, callback: Any, consumer_tag: Any, **options: Any
    ) -> Any:
        def handle(message: Message) -> None:
            try:
                callback(message)
            except JUNK as error:
                log.warning("message_dropped", error=repr(error))
                if not message.acknowledged:
                    message.reject()

        return super().basic_consume(queue, no_ack, handle, consumer_tag, **options)


class LenientTransport(Transport):
    """Redis, where what is no message at all is dropped together with the connection."""

    Channel = LenientChannel
    connection_errors = (*Transport.connection_errors, *JUNK)


class LastingConnection(Connection):
    """A connection that is tried again soon, however long the broker has been away."""

    def get_transport_cls(self) -> type[Transport]:
        return LenientTransport

    def ensure_connection(self, *args: Any, **options: Any) -> "LastingConnection":
        pauses = {"interval_start": 1, "interval_step": 1, "interval_max": LONGEST_PAUSE_SECONDS}
        return super().ensure_connection(*args, **{**pauses, **options})


class LastingAMQP(AMQP):
    Connection = LastingConnection


class Application(Celery):
    """A Celery application that no variable of another one can send elsewhere.

    Celery prefers `CELERY_BROKER_URL` and its kin in the environment to the settings.
    """

    amqp_cls = "config.broker:LastingAMQP"

    def connection_for_read(self, url: str | None = None, **options: Any) -> Connection:
        return super().connection_for_read(url or settings.REDIS_URL, **options)

    def connection_for_write(self, url: str | None = None, **options: Any) -> Connection:
        return super().connection_for_write(url or settings.REDIS_URL, **options)
