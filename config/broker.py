"""How this application speaks to its broker: only to the one in its settings, and for good.

Celery ends a worker over an answer that it does not expect, such as that of a server that has
just become a replica, or over an invalid message. Here that costs the connection alone.
"""

from contextlib import suppress
from typing import Any

import structlog
from celery import Celery
from celery.app.amqp import AMQP
from django.conf import settings
from kombu import Connection, Message
from kombu.exceptions import KombuError
from kombu.transport.redis import Channel, Transport

from training_jobs.doorbell import TASK

log = structlog.get_logger("weightwise.broker")

# Celery's own name for the queue of those who name none.
QUEUE = "celery"
# What taking a message apart raises when it is not one of ours: no JSON, or JSON of another form.
JUNK = (ValueError, LookupError, TypeError, AttributeError, RecursionError)
# Celery's own longest pause between two attempts is half a minute.
LONGEST_PAUSE_SECONDS = 3


class LenientChannel(Channel):
    """Redis, where only the doorbell's messages reach the worker, and any other is dropped.

    Celery may have taken a place in its pool before it finds that it cannot handle a message, and
    does not give it back: the worker would hear of runs, and train none.
    """

    def basic_consume(
        self, queue: str, no_ack: bool, callback: Any, consumer_tag: Any, **options: Any
    ) -> Any:
        def handle(message: Message) -> None:
            if queue != QUEUE or _is_ring(message):
                callback(message)
            else:
                log.warning("message_dropped", queue=queue)
                message.reject()

        return super().basic_consume(queue, no_ack, handle, consumer_tag, **options)


def _is_ring(message: Message) -> bool:
    """Whether this is what the doorbell sends: its task, in a form that can be read."""
    try:
        known = message.headers["task"] == TASK and isinstance(message.body, bytes)
        return known and isinstance(message.decode(), list)
    except (KombuError, *JUNK):
        return False


class LenientTransport(Transport):
    """Redis, where anything that is not a message is dropped, together with the connection."""

    Channel = LenientChannel
    connection_errors = (*Transport.connection_errors, *JUNK)

    def register_with_event_loop(self, connection: Any, loop: Any) -> None:
        """Asks for the first messages. A broker may refuse that, such as one that is a replica."""
        try:
            super().register_with_event_loop(connection, loop)
        except Exception:
            # Celery forgets a connection that it could not register, and leaves it open.
            with suppress(Exception):
                self.close_connection(connection)
            raise


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

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # By its name: a web process has no use for the worker's half of Celery.
        self.steps["consumer"].add("config.pausing:Pause")

    def connection_for_read(self, url: str | None = None, **options: Any) -> Connection:
        return super().connection_for_read(url or settings.REDIS_URL, **options)

    def connection_for_write(self, url: str | None = None, **options: Any) -> Connection:
        return super().connection_for_write(url or settings.REDIS_URL, **options)
