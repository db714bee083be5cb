"""What is measured on both databases."""

from collections.abc import Callable, Iterable

from benchmarks.platform import WebServer, web_server
from benchmarks.report import Figure
from tests.servers import postgres_programs, postgres_server


def on_both(figures: Callable[[str, WebServer], Iterable[Figure]]) -> list[Figure]:
    """Figures of a web server on SQLite and, where it is installed, of one on PostgreSQL."""
    with web_server("") as server:
        found = list(figures("sqlite", server))
    if postgres_programs() is not None:
        with postgres_server() as url, web_server(url) as server:
            found += figures("postgresql", server)
    return found
