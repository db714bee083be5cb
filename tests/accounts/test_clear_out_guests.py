"""What nobody needs any more goes; what somebody does stays."""

import json
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from accounts.models import Learner, Session, User
from accounts.sessions import Entry, ended
from quizzes import services
from quizzes.models import Attempt
from quizzes.personal_data import forget
from tests.accounts.codes import set_up_app
from tests.factories import PASSWORD, client_of, make_learner, make_topic, make_user, quiz
from training_jobs import services as training
from training_jobs.models import Run
from training_jobs.retention import clear_out

pytestmark = pytest.mark.django_db


def seen(learner: Learner, days: float) -> Learner:
    moment = timezone.now() - timedelta(days=days)
    Learner.objects.filter(pk=learner.pk).update(seen_at=moment, created_at=moment)
    return learner


def test_idle_guests_go_and_active_ones_and_members_stay() -> None:
    topic = make_topic("gradients", practice=2, bank=12)
    idle, active, empty, new = (make_learner() for _ in range(4))
    member = make_learner(make_user("ada"))
    for learner in (idle, active, member):
        services.finish(services.start(quiz(topic), learner), {})
    seen(idle, 181)
    seen(active, 179)
    seen(empty, 2)
    seen(member, 1000)
    clear_out()
    assert set(Learner.objects.all()) == {active, new, member}
    assert set(Attempt.objects.values_list("learner", flat=True)) == {active.pk, member.pk}


def test_a_first_click_that_was_sent_often_leaves_no_guests_behind() -> None:
    topic = make_topic("gradients", practice=2, bank=12)
    address = f"/learn/{topic.slug}/test/"
    browsers = [Client() for _ in range(4)]
    left, answering, training_too, _ = browsers
    attempts = [browser.post(address)["Location"] for browser in browsers]
    assert Learner.objects.count() == 4
    page = answering.get(attempts[1]).content.decode()
    option = re.search(r'name="choice-1"[^>]* value="(\w+)"', page)
    assert option is not None
    answering.post(attempts[1], {"seq": "1", "choice-1": option[1]})
    training_too.post(f"/experiments/{topic.experiment.slug}/", {})
    guests = [Attempt.objects.get(pk=place.split("/")[2]).learner for place in attempts]
    for guest in guests[:3]:
        seen(guest, 2)
    clear_out()
    assert set(Learner.objects.all()) == set(guests[1:])
    assert left.get(attempts[0]).status_code == 404
    assert left.post(address).status_code == 302, "the test can be begun again"


def test_a_guest_who_came_back_keeps_an_unanswered_test() -> None:
    Client().post(f"/learn/{make_topic('gradients', bank=12).slug}/test/")
    moment = timezone.now() - timedelta(days=5)
    Learner.objects.update(created_at=moment, seen_at=moment + timedelta(days=3))
    clear_out()
    assert Learner.objects.exists()


def test_a_guest_who_has_only_typed_a_prediction_keeps_the_test() -> None:
    client = Client()
    address = client.post(f"/learn/{make_topic('gradients', bank=12).slug}/test/")["Location"]
    client.post(address, {"seq": "1", "predicted_percent": "80"})
    seen(Learner.objects.get(), 2)
    clear_out()
    assert client.get(address).status_code == 200


def test_expired_sessions_go() -> None:
    kept, old = client_of(make_learner()), client_of(make_learner())
    key = old.session.session_key
    Session.objects.filter(pk=key).update(expire_date=timezone.now() - timedelta(seconds=1))
    clear_out()
    assert [session.pk for session in Session.objects.all()] == [kept.session.session_key]


def test_an_address_is_forgotten_after_some_days() -> None:
    topic = make_topic("gradients", bank=12)
    Client().post(f"/experiments/{topic.experiment.slug}/", {})
    guest = Learner.objects.get()
    assert guest.address == "127.0.0.1"
    seen(guest, 8)
    clear_out()
    assert Learner.objects.get().address == ""


def everything() -> str:
    """All that stands in any table, sessions decoded."""
    rows: list[Any] = [session.get_decoded() for session in Session.objects.all()]
    for model in apps.get_models():
        rows += list(model._default_manager.values())
    return json.dumps(rows, default=str)


def test_a_deleted_account_leaves_no_trace_in_any_table() -> None:
    canary = f"canary{uuid4().hex[:8]}"
    user = make_user(canary)
    topic = make_topic("gradients", practice=2, bank=12)
    form = {"login": canary, "password": PASSWORD}
    here, elsewhere = Client(), Client()
    for browser in (here, elsewhere):
        assert browser.post("/accounts/login/", form).status_code == 302
    here.post(f"/learn/{topic.slug}/test/")
    here.post(f"/experiments/{topic.experiment.slug}/", {})
    content_type = ContentType.objects.get_for_model(User)
    LogEntry.objects.create(
        user=make_user("root", is_superuser=True),
        content_type=content_type,
        object_id=str(user.pk),
        object_repr=canary,
        action_flag=2,
    )
    assert canary in everything()
    asked = here.post("/me/delete/")["Location"]  # for the password, first
    assert here.post(asked, {"password": PASSWORD}).status_code == 302
    assert canary not in everything()
    assert elsewhere.get("/me/").context["user"].is_anonymous
    assert not User.objects.filter(username=canary).exists()


def queue(learner: Learner, address: str) -> Run:
    Learner.objects.filter(pk=learner.pk).update(address=address)
    topic = make_topic()
    return training.request_run(topic.experiment, learner, key=str(uuid4()))


def test_an_operator_clears_a_flood_from_one_address(capsys: pytest.CaptureFixture[str]) -> None:
    flood = [queue(make_learner(), "203.0.113.7") for _ in range(3)]
    other = queue(make_learner(), "203.0.113.8")
    call_command("clear_flood", "--address=203.0.113.7", "--remove-guests", "--dry-run")
    assert "3 queued runs would be cancelled.\n3 guests would be" in capsys.readouterr().out
    assert set(Run.objects.values_list("state", flat=True)) == {"queued"}
    call_command("clear_flood", "--address=203.0.113.7")
    assert capsys.readouterr().out == "3 queued runs cancelled.\n"
    ended = Run.objects.filter(state=Run.State.CANCELLED)
    assert set(ended) == set(flood)
    assert ended[0].events.filter(name="end").exists()
    call_command("clear_flood", "--address=203.0.113.7", "--remove-guests")
    assert list(Run.objects.all()) == [other]


@pytest.mark.parametrize("trying", [["--dry-run"], []])
def test_guests_are_not_removed_for_the_experiment_of_one_run(trying: list[str]) -> None:
    flood, other = queue(make_learner(), ""), queue(make_learner(), "")
    narrowed = [f"--experiment={flood.experiment.slug}", "--last-minutes=30"]
    with pytest.raises(CommandError, match="leave --experiment out"):
        call_command("clear_flood", *narrowed, "--remove-guests", *trying)
    assert set(Run.objects.filter(state=Run.State.QUEUED)) == {flood, other}
    call_command("clear_flood", *narrowed)
    assert list(Run.objects.filter(state=Run.State.QUEUED)) == [other]
    assert Learner.objects.count() == 2


def test_an_operator_clears_guests_runs_and_leaves_members_theirs() -> None:
    queue(make_learner(), "")
    kept = queue(make_learner(make_user("ada")), "")
    call_command("clear_flood", "--only-guests", "--older-minutes=0")
    assert list(Run.objects.filter(state=Run.State.QUEUED)) == [kept]


def test_only_an_operator_clears_in_the_admin() -> None:
    from tests.factories import make_teacher

    run = queue(make_learner(), "")
    form = {"action": "cancel_queued", "_selected_action": str(run.pk)}
    address = "/admin/training_jobs/run/"
    client_of(make_teacher()).post(address, form | {"confirmed": "1"})
    run.refresh_from_db()
    assert run.state == Run.State.QUEUED
    operator = client_of(make_user("root", is_staff=True, is_superuser=True))
    preview = operator.post(address, form)
    assert "Of the runs that you picked, 1 will be cancelled" in preview.content.decode()
    run.refresh_from_db()
    assert run.state == Run.State.QUEUED
    operator.post(address, form | {"confirmed": "1"})
    run.refresh_from_db()
    assert run.state == Run.State.CANCELLED


def test_a_deletion_ends_own_sessions_and_no_others() -> None:
    """Also one that waits for the second step; not one that holds the name by chance."""
    make_user("eve")
    # A long key, and a word that other sessions hold.
    user = User(pk=1234, username="optional", email="optional@example.org")
    user.set_password(PASSWORD)
    user.save()
    set_up_app(client_of(user))
    waiting, stranger, guest = Client(), Client(), client_of(make_learner())
    form = {"login": user.username, "password": PASSWORD}
    assert waiting.post("/accounts/login/", form)["Location"].startswith("/accounts/2fa/")
    session = stranger.session
    session["shown"] = ["optional", "optional@example.org"]
    session.save()
    watched = Entry(str(waiting.session.session_key), None)
    assert ended([watched]) == set(), "a guest who begins to sign in still watches"
    forget(make_learner(user))
    left = {row.session_key for row in Session.objects.all()}
    assert {stranger.session.session_key, guest.session.session_key} <= left
    assert waiting.session.session_key not in left
    assert not Session.objects.filter(user__isnull=False).exists()
    assert ended([watched]) == {watched}
