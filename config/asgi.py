"""One server, two handlers: pages through WSGI, which answers them faster; streams through ASGI."""

import asyncio
import signal
import threading
from types import FrameType
from typing import Any

from django.conf import settings
from django.db.backends.signals import connection_created

from accounts.hashing import hashes
from config import prefix
from config.gates import Gates
from config.pages import Pages
from config.static_files import asks_nothing
from config.wsgi import application as pages_application
from database.watch import limit_statements
from training_jobs import sse, stream

# As many pages at once as the database and two cores can use; each thread keeps a connection.
PAGE_THREADS = 8
# The other threads read. Two of those that hash do so, and one may be sending mail.
WRITING_THREADS = 5
HASHING_THREADS = 3

pages = Pages(
    pages_application,
    threads=PAGE_THREADS,
    largest=settings.DATA_UPLOAD_MAX_MEMORY_SIZE,
    asks_nothing=asks_nothing,
    gates=Gates(writers=WRITING_THREADS, hashers=HASHING_THREADS, hashes=hashes),
)
STATEMENT_LIMIT = limit_statements(int(settings.DATABASE_PATIENCE_SECONDS * 1000))
connection_created.connect(STATEMENT_LIMIT)


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
        return
    scope = prefix.below(scope, settings.URL_PREFIX)
    run_id = sse.streamed_run(prefix.path_within(scope)) if scope["type"] == "http" else None
    if run_id:
        await sse.serve(run_id, scope, receive, send)
    else:
        await pages(scope, receive, send)


async def _lifespan(receive: Any, send: Any) -> None:
    while True:
        moment = (await receive())["type"]
        if moment == "lifespan.startup":
            _end_streams_on_signals()
        await send({"type": f"{moment}.complete"})
        if moment == "lifespan.shutdown":
            return


def _end_streams_on_signals() -> None:
    """Ends the streams when the server is asked to stop.

    A server waits for open answers, and says that it stops only after them; a stream would keep it
    waiting until its patience is over, and its viewers without news for as long.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        servers_own = signal.getsignal(number)
        if not callable(servers_own):
            continue

        def stop(number: int, frame: FrameType | None, servers_own: Any = servers_own) -> None:
            loop.call_soon_threadsafe(stream.HUB.close)
            servers_own(number, frame)

        signal.signal(number, stop)
