"""The supervisor: starts the platform in order, keeps it up, and stops all of it."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from tempfile import mkdtemp
from types import FrameType
from typing import NoReturn

from launcher.broker import require_broker, start_broker
from launcher.console import Console
from launcher.errors import LaunchError, StopRequested
from launcher.guard import Guard
from launcher.platform import Platform
from launcher.ports import require_free
from launcher.processes import Child, Service, Workshop
from launcher.readiness import PAGE_TICK, TICK, Trainers, trainers, wait_until, web_answers
from launcher.settings import Settings, child_environment

STEADY_AFTER = 60.0
"""Seconds of life after which a service's earlier deaths no longer count."""
SAME_REQUEST = 0.5
PATIENCE = 20.0
"""Seconds of waiting after which it is said what is waited for."""
LAST_RESORT = 30 * 60.0
"""Seconds after which a living process that does not answer is given up."""


class Supervisor:
    """One start of the platform, from the first look at the port to the last child's end."""

    def __init__(self, settings: Settings, platform: Platform, console: Console) -> None:
        self._settings = settings
        self._platform = platform
        self._console = console
        self._broker: Child | None = None
        self._children: dict[str, Child] = {}
        self._deaths: dict[str, int] = {}
        self._due: dict[str, float] = {}
        self._stops_asked = 0
        self._heard = 0.0

    def run(self) -> int:
        """Run until somebody stops the platform (0) or it cannot go on (1)."""
        with self._listening_for_signals():
            try:
                self._supervise()
            except StopRequested:
                return 0
            except LaunchError as error:
                self._console.say(str(error))
                return 1
        return 0

    def _supervise(self) -> None:
        require_free(self._settings.host, self._settings.port)
        make_folder(self._settings)
        # TensorFlow leaves generated sources where temporary files go; they end with us.
        self._scratch = mkdtemp(prefix="weightwise-")
        guard = Guard(self._scratch)
        try:
            self._start(guard)
            self._watch()
        finally:
            self._stop()
            guard.close()

    def _watch(self) -> NoReturn:
        while True:
            self._look_after()
            time.sleep(TICK)

    def _start(self, guard: Guard) -> None:
        settings = self._settings
        redis_url = self._open_broker(self._workshop(guard, settings.redis_url or ""))
        self._shop = self._workshop(guard, redis_url)
        self._prepare()
        for service in self._platform.services:
            self._launch(service)
        self._wait_for("web server", lambda: web_answers(settings.address))
        self._wait_for("worker", lambda: self._trainers().registered)
        self._announce()

    def _workshop(self, guard: Guard, redis_url: str) -> Workshop:
        environment = child_environment(self._settings, redis_url, self._scratch)
        return Workshop(self._settings.root, environment, self._console, guard)

    def _open_broker(self, workshop: Workshop) -> str:
        if self._settings.redis_url:
            require_broker(self._settings.redis_url)
            return self._settings.redis_url
        own = start_broker(workshop, self._settings.data / "broker", self._obey)
        self._broker = own.child
        self._console.say(f"Started the broker, {own.child.service.command[0]}.")
        return own.url

    def _prepare(self) -> None:
        child = self._launch(self._platform.prepare)
        wait_until(lambda: child.exit_code() is not None, float("inf"), self._obey)
        code = child.exit_code()
        self._bury(child)
        if code:
            raise LaunchError(
                f"Preparing the database and the course failed (exit code {code}); "
                "the lines above say why."
            )

    def _launch(self, service: Service) -> Child:
        self._due.pop(service.name, None)
        self._children[service.name] = Child(service, self._shop)
        return self._children[service.name]

    def _wait_for(self, what: str, probe: Callable[[], bool]) -> None:
        """However long it takes on a busy machine: of a process that ends we hear at once."""
        started = time.monotonic()
        while not wait_until(probe, PATIENCE, self._look_after, PAGE_TICK):
            waited = time.monotonic() - started
            if waited > LAST_RESORT:
                raise LaunchError(f"The {what} did not answer within {waited / 60:.0f} minutes.")
            self._console.say(
                f"The {what} is still starting, after {waited:.0f} seconds; Ctrl-C stops it."
            )

    def _trainers(self) -> Trainers:
        return trainers(self._settings.address)

    def _announce(self) -> None:
        trainers = self._trainers()
        if not trainers.workers:
            self._console.say("The worker cannot train yet: its lines say why. It tries again.")
        elif not trainers.warm:
            self._console.say("The worker is warming up; the first run may wait some seconds.")
        self._console.say(f"Weightwise is ready: {self._settings.address}  (Ctrl-C stops it)")

    def _look_after(self) -> None:
        """Start again what died and may, give up when it may not, and hear a request to stop."""
        self._obey()
        if self._broker and self._broker.exit_code() is not None:
            self._broker.show_last_lines()
            raise LaunchError("The broker ended; Weightwise stops.")
        for child in [child for child in self._children.values() if child.exit_code() is not None]:
            self._mourn(child)
        for name in [name for name, due in self._due.items() if due <= time.monotonic()]:
            self._launch(next(s for s in self._platform.services if s.name == name))

    def _obey(self) -> None:
        if self._stops_asked:
            raise StopRequested

    def _mourn(self, child: Child) -> None:
        """A child died: plan its return, or stop everything."""
        service, code = child.service, child.exit_code()
        deaths = 1 + (0 if child.age > STEADY_AFTER else self._deaths.get(service.name, 0))
        self._bury(child)
        if deaths > service.restarts:
            raise LaunchError(
                f"The {service.name} process ended ({describe_exit(code)}); Weightwise stops."
            )
        pause = 2.0 ** (deaths - 1)
        self._console.say(
            f"The {service.name} process ended ({describe_exit(code)}); "
            f"starting it again in {pause:.0f} s."
        )
        self._deaths[service.name] = deaths
        self._due[service.name] = time.monotonic() + pause

    def _bury(self, child: Child) -> None:
        child.end()
        del self._children[child.service.name]

    def _stop(self) -> None:
        """Stop the web server first, so that nobody asks for more; the broker last."""
        if self._children:
            self._console.say("Stopping ...")
        self._end(list(reversed(self._children.values())))
        self._end([self._broker] if self._broker else [])

    def _end(self, children: list[Child]) -> None:
        for child in children:
            child.ask_to_stop()
        asked, impatient = time.monotonic(), self._stops_asked + 1
        for child in children:
            while not child.wait(TICK):
                if self._stops_asked >= impatient:
                    self._console.say(f"Ending the {child.service.name} at once.")
                    break
                if time.monotonic() - asked > child.service.grace:
                    break
            child.end()

    @contextmanager
    def _listening_for_signals(self) -> Iterator[None]:
        """SIGINT even when a shell ignored it for us; SIGHUP unless `nohup` did."""
        numbers = [signal.SIGINT, signal.SIGTERM]
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
            numbers.append(signal.SIGHUP)
        before = {number: signal.signal(number, self._hear) for number in numbers}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _hear(self, _number: int, _frame: FrameType | None) -> None:
        # Only a note: an exception raised here could strike in the middle of starting a child
        # that nobody would know of.
        now = time.monotonic()
        # A signal to the whole group arrives twice, from the sender and from `make`; a second
        # one that means "at once" comes from a person, later.
        if not self._stops_asked or now - self._heard > SAME_REQUEST:
            self._stops_asked += 1
        self._heard = now


def make_folder(settings: Settings) -> None:
    """The data folder; its owner alone may look inside, there are keys in it."""
    try:
        settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        reason = error.strerror or error
        raise LaunchError(f"Cannot make the folder {settings.data}: {reason}.") from error


def describe_exit(code: int | None) -> str:
    """An exit code in words."""
    if code is not None and code < 0:
        return f"killed by {signal.Signals(-code).name}"
    return f"exit code {code}"
