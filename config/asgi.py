"""One server, two handlers: pages through WSGI, which answers them faster; streams through ASGI."""

from typing import Any, cast

from a2wsgi import WSGIMiddleware

from config.wsgi import application as pages_application
from training_jobs import sse

# As many pages at once as the database and two cores can use; each thread keeps a connection.
PAGE_THREADS = 8

# Django and a2wsgi agree on WSGI and ASGI, and type them differently.
pages: Any = WSGIMiddleware(cast("Any", pages_application), workers=PAGE_THREADS)


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif run_id := sse.streamed_run(scope):
        await sse.serve(run_id, scope, receive, send)
    else:
        await pages(scope, receive, send)


async def _lifespan(receive: Any, send: Any) -> None:
    while True:
        moment = (await receive())["type"]
        await send({"type": f"{moment}.complete"})
        if moment == "lifespan.shutdown":
            return
