"""The real supervisor over small commands, and those commands: `python -m tests.launcher.standin`.

A start of the whole platform takes seconds; what the launcher does with its children can be
watched on children that answer at once and misbehave on request (see the variables below).
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from launcher import supervisor
from launcher.console import Console
from launcher.errors import LaunchError
from launcher.platform import Platform
from launcher.processes import Service
from launcher.settings import read_settings
from launcher.supervisor import Supervisor
from tests.patience import TICK
from tests.servers import ROOT

WORKER = "STANDIN_WORKER"
"""`steady`, `dies` at once, or is `stubborn` and ignores the request to stop."""
WEB = "STANDIN_WEB"
"""A file: the web server answers only once it is there."""
PATIENCE = "STANDIN_PATIENCE"
"""Seconds after which the launcher says what it waits for."""
GIVEN_UP = "STANDIN_GIVEN_UP"
"""Seconds after which the launcher gives up what does not answer."""
PREPARE = "STANDIN_PREPARE"
"""`works` or `fails`."""
GRACE = "STANDIN_GRACE"
"""Seconds that a service is given to stop; 3 unless set."""
SAME_REQUEST = "STANDIN_SAME_REQUEST"
"""Seconds within which a second signal means the same request as the first."""


def platform() -> int:
    """The supervisor over the commands below."""
    console = Console(sys.stdout)
    try:
        settings = read_settings(os.environ, ROOT)
    except LaunchError as error:
        console.say(str(error))
        return 1
    grace = float(os.environ.get(GRACE, "3"))
    supervisor.SAME_REQUEST = float(os.environ.get(SAME_REQUEST, supervisor.SAME_REQUEST))
    supervisor.PATIENCE = float(os.environ.get(PATIENCE, supervisor.PATIENCE))
    supervisor.LAST_RESORT = float(os.environ.get(GIVEN_UP, supervisor.LAST_RESORT))
    mood = os.environ.get(WORKER, "steady")
    services = (
        Service("sweep", command("sweep"), grace=grace, restarts=2),
        Service("worker", command("worker", mood), grace=grace, restarts=2),
        Service("web", command("web", settings.host, os.environ.get(WEB, "")), grace=grace),
    )
    preparing = command("prepare", os.environ.get(PREPARE, "works"))
    stand_in = Platform(Service("prepare", preparing), services)
    return Supervisor(settings, stand_in, console).run()


def command(role: str, *moods: str) -> tuple[str, ...]:
    """This module in one of its roles; the environment would not reach it."""
    return (sys.executable, "-m", "tests.launcher.standin", role, *moods)


def say(text: str) -> None:
    """A line of output."""
    sys.stdout.write(text + "\n")


def prepare(mood: str) -> int:
    """Says what it does, as the real one."""
    say("Loaded the course.")
    return 3 if mood == "fails" else 0


def sweep() -> int:
    """Does nothing, for ever."""
    while True:
        time.sleep(60)


def worker(mood: str) -> int:
    """Has a child of its own, as Celery has its trainer, that no signal to the parent reaches."""
    if mood == "dies":
        return 5
    if mood == "stubborn":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with subprocess.Popen(command("sweep")) as trainer:
        say(f"worker {os.getpid()} with trainer {trainer.pid}")
        return trainer.wait()


class Pages(BaseHTTPRequestHandler):
    """Both health pages."""

    def do_GET(self) -> None:
        """The same answer to everything; /readyz is read, /healthz only asked for."""
        body = json.dumps({"ready": True, "workers": 1, "warming": 1, "useless": 0}).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)


def web(host: str, sign: str) -> int:
    """A web server that says a worker is warming up."""
    while sign and not Path(sign).exists():
        time.sleep(TICK)
    HTTPServer((host, int(os.environ["PORT"])), Pages).serve_forever()
    return 0


ROLES: dict[str, Callable[..., int]] = {
    "prepare": prepare,
    "sweep": sweep,
    "worker": worker,
    "web": web,
}

if __name__ == "__main__":
    sys.exit(ROLES[sys.argv[1]](*sys.argv[2:]) if len(sys.argv) > 1 else platform())
