"""Runs everything, prints what was measured, and leaves nothing behind but the images."""

import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TypeVar

from launcher.ports import free_port
from tests.containers import bases, checks, story
from tests.containers.engine import Engine, Failed, find
from tests.containers.report import Report
from tests.containers.site import Site, remove_all

Result = TypeVar("Result")


def main() -> int:
    """Exit code 0 when everything held."""
    signal.signal(signal.SIGTERM, interrupted)
    report = Report()
    try:
        with site_of(find()) as site:
            go_through(site, report)
    except Failed as failure:
        print(f"\nFailed: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted; everything that was started is removed.", file=sys.stderr)
        return 130
    print(f"\n{report.text()}\n\nEverything held.")
    return 0


def interrupted(_number: int, _frame: FrameType | None) -> None:
    """A request to stop ends this as Ctrl-C does, with everything cleared away."""
    raise KeyboardInterrupt


@contextmanager
def site_of(engine: Engine) -> Iterator[Site]:
    """A site's folder and port; whatever is started in it is removed at the end."""
    remove_all(engine)
    with tempfile.TemporaryDirectory(prefix="ww-containers-") as folder:
        site = Site(engine, Path(folder), free_port())
        try:
            yield site
        except (Failed, AssertionError, OSError) as failure:
            raise Failed(f"{failure}\n\n{site.logs()}") from failure
        finally:
            remove_all(engine)


def go_through(site: Site, report: Report) -> None:
    """From nothing to everything tried."""
    report.add("engine", site.engine.ask("--version"))
    stand_ins = timed(report, "base images", lambda: bases.provide(site.engine, site.folder))
    report.add("made from Debian's packages", ", ".join(stand_ins) or "none")
    site.configure()
    timed(report, "images built", site.build)
    report.add_images(site)
    report.add("images", checks.images(site))
    timed(report, "ready", site.start)
    report.add_memory(site, "when ready")
    report.add("hardening", checks.hardening(site))
    for name, step in story.STEPS.items():
        report.add(name, timed(report, name, partial(step, site)))
    report.add_memory(site, "at the end")


def timed(report: Report, about: str, work: Callable[[], Result]) -> Result:
    """The work's result; the report gets how long it took."""
    started = time.monotonic()
    result = work()
    report.add(f"{about}, seconds", f"{time.monotonic() - started:.0f}")
    return result


if __name__ == "__main__":
    sys.exit(main())
