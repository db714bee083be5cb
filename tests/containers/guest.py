"""A guest on the site, over HTTP: practises, finishes, watches the run to its end."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.containers.engine import Failed
from tests.deploy.visitor import Visitor

TOPIC = "optimizers"
CHOICE = re.compile(r'<input[^>]*name="choice"[^>]*value="([^"]+)"')
FINISH = re.compile(r'action="(/attempts/[0-9a-f-]+/finish/)"')
RUN = re.compile(r'data-events-url="(/runs/[0-9a-f-]{36}/)events"')


@dataclass(frozen=True)
class Watched:
    """A run's stream, from its first event to its end."""

    events: list[tuple[str, Any]]

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.events]

    @property
    def state(self) -> str:
        """How it ended."""
        return str(self.events[-1][1]["state"])


def practise(guest: Visitor) -> str:
    """Answers the practice questions of a topic and finishes; the result's address."""
    number, text = 1, ""
    while True:
        page, text = guest.get(f"/learn/{TOPIC}/practice/{number}/")
        if page.status == 404:
            break
        expect(page.status == 200, f"Practice question {number} answers {page.status}.")
        answer = CHOICE.search(text)
        if answer is None:
            raise Failed(f"Practice question {number} has no choices.")
        guest.post(page_of(number), {"choice": answer[1]})
        number += 1
    _, text = guest.get(page_of(number - 1))
    finish = FINISH.search(text)
    if finish is None:
        raise Failed("The last practice question has no form to finish with.")
    done = guest.post(page_of(number - 1), {"predicted_percent": "90"}, to=finish[1])
    expect(done.status == 302, f"Finishing answers {done.status}.")
    return str(done.headers["Location"])


def page_of(number: int) -> str:
    return f"/learn/{TOPIC}/practice/{number}/"


def run_of(guest: Visitor, result: str) -> str:
    """The address of the run on a result page."""
    page, text = guest.get(result)
    found = RUN.search(text)
    expect(page.status == 200 and found is not None, "The result page shows no run.")
    return found[1] if found else ""


def start_run(guest: Visitor, experiment: str) -> str:
    """The address of a run that the guest asks for."""
    answer = guest.post(f"/experiments/{experiment}/", {"predicted_percent": "90"})
    expect(answer.status == 302, f"Asking for a run answers {answer.status}.")
    return str(answer.headers["Location"])


def watch(
    guest: Visitor, run: str, on_event: Callable[[str], None] = lambda _name: None
) -> Watched:
    """The run's stream to its end; nothing may be missing of it."""
    events = []
    for name, number, data in guest.watch(f"{run}events"):
        events.append((name, number, data))
        on_event(name)
    numbers = [number for _, number, _ in events if number]
    expect(numbers == list(range(1, len(numbers) + 1)), f"The stream of {run} has gaps: {numbers}")
    expect(bool(events) and events[-1][0] == "end", f"The stream of {run} broke off.")
    return Watched([(name, data) for name, _, data in events])


def expect(truth: bool, otherwise: str) -> None:
    """Raises Failed with these words unless it is true."""
    if not truth:
        raise Failed(otherwise)
