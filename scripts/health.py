"""Health of one container, for its health check: `python scripts/health.py web|worker|scheduler`.

Each process is asked about itself: a worker or a sweep loop that hangs is alive to the container
engine, but its row in the database grows old.
"""

import os
import socket
import sys
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path

# Imports inside functions: Django has to be set up before its models are, and the web server's
# check does without both.
# ruff: noqa: PLC0415


def web() -> bool:
    """The web server answers, under a name that it serves."""
    host = os.environ.get("WEIGHTWISE_ALLOWED_HOSTS", "localhost").split(",")[0].lstrip(".")
    connection = HTTPConnection("127.0.0.1", int(os.environ.get("PORT", "8000")), timeout=5)
    try:
        connection.request("GET", "/healthz", headers={"Host": host})
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def worker() -> bool:
    """This container's own worker said lately that it lives, can train, and hears the broker."""
    start_django()
    from training_jobs.queries import connected_workers

    return any(worker.name == f"celery@{socket.gethostname()}" for worker in connected_workers())


def scheduler() -> bool:
    """The sweep loop went round lately."""
    start_django()
    from training_jobs.queries import is_sweeping

    return is_sweeping()


def start_django() -> None:
    """Settings and models, found from wherever this script is started."""
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    import django

    django.setup()


CHECKS = {"web": web, "worker": worker, "scheduler": scheduler}

if __name__ == "__main__":
    sys.exit(0 if CHECKS[sys.argv[1]]() else 1)
