"""What the platform consists of: the commands, in the order in which they start."""

import sys
from dataclasses import dataclass

from launcher.processes import Service
from launcher.settings import Settings

RESTARTS = 4


@dataclass(frozen=True)
class Platform:
    """The commands to run; tests put small ones in their place."""

    prepare: Service
    services: tuple[Service, ...]


def weightwise(settings: Settings) -> Platform:
    """The commands of the real thing, with this environment's Python."""
    return Platform(
        prepare=Service("prepare", (sys.executable, "manage.py", "prepare", "--demo")),
        # Stopped the other way round: first the one that brings new work.
        services=(sweep(), worker(), web(settings)),
    )


def worker() -> Service:
    """The Celery worker; its child alone loads TensorFlow."""
    options = "--pool prefork --concurrency 1 --loglevel info --without-gossip --without-mingle"
    command = (sys.executable, "-m", "celery", "-A", "config", "worker", *options.split())
    return Service("worker", command, restarts=RESTARTS)


def sweep() -> Service:
    """The loop on the database that rings again for what waits."""
    return Service("sweep", (sys.executable, "manage.py", "sweep"), restarts=RESTARTS)


def web(settings: Settings) -> Service:
    """The web server, by the script that the image starts, too."""
    listen = ("--host", settings.host, "--port", str(settings.port))
    return Service("web", (sys.executable, "scripts/serve.py", *listen))
