"""Pages of several runs, and the form of an experiment, say why one has to wait."""

from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Learner
from tests.factories import client_of
from tests.training_jobs.factories import PLAN, make_experiment
from training_jobs.models import Run, Worker

pytestmark = pytest.mark.django_db
PAGE = "/experiments/small/"
STARTING = "The trainer is starting, which usually takes about half a minute"


def make_worker(name: str, state: str) -> None:
    now = timezone.now()
    Worker.objects.create(name=name, host="here", state=state, started_at=now, last_seen=now)


def text(client: Client, address: str) -> str:
    return " ".join(client.get(address).content.decode().split())


@pytest.fixture
def guest() -> Client:
    make_experiment()
    make_experiment("rival", plan={**PLAN, "optimizer": "adam"})
    return client_of(Learner.objects.create())


@pytest.mark.parametrize("address", [PAGE, f"{PAGE}?part=estimate"])
def test_the_estimate_says_that_the_trainer_is_starting(guest: Client, address: str) -> None:
    assert STARTING not in text(guest, address), "there is none"
    make_worker("one", "warming")
    assert STARTING in text(guest, address)
    make_worker("two", "ready")
    assert STARTING not in text(guest, address), "the other one takes the run"


@pytest.mark.parametrize("kind", ["race", "sweep"])
def test_several_runs_say_why_the_next_waits_and_where(guest: Client, kind: str) -> None:
    started = guest.post(f"{PAGE}{kind}/", {"request_key": str(uuid4())})["Location"]
    told = text(guest, started)
    assert "No trainer is online: the run waits" in told
    assert "The next run is first in the queue." in told
    make_worker("one", "warming")
    part = text(guest, f"{started}{'&' if '?' in started else '?'}part=tables")
    assert "The trainer is warming up" in part
    first = Run.objects.order_by("created_at").first()
    assert first is not None
    Run.objects.filter(pk=first.pk).update(state=Run.State.RUNNING)
    assert "The next run is first in the queue." in text(guest, started)
    Run.objects.update(state=Run.State.CANCELLED)
    assert "The next run is" not in text(guest, started)
