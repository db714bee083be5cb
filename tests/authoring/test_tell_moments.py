"""Moments are told with their zone on every page, in the site and in the admin."""

import re
from datetime import UTC, datetime, timedelta, timezone
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.contrib import admin
from django.db.models import DateTimeField
from django.template import Context, Template
from django.test import Client

from accounts.models import User
from authoring.admin_moments import MomentsMixin
from authoring.moments import told
from quizzes import services
from quizzes.models import Attempt, ScoreChange
from tests.factories import (
    PASSWORD,
    answers,
    client_of,
    correct_the_key,
    finish_run,
    keyed,
    make_learner,
    make_lesson,
    make_question,
    make_run,
    make_topic,
    make_user,
    quiz,
    regrade,
)

TEMPLATES = sorted(Path("templates").rglob("*.html"))
# A date that is written by another filter than ours, or by Django's tag for now.
NAKED = re.compile(r"\|\s*(date|time|timesince|timeuntil|naturaltime|naturalday)\b|\{%\s*now\b")
# How dates look: 29 Nov 2026, Nov. 29, 2026, 2026-11-29.
DATE = re.compile(
    r"\b\d{1,2} [A-Z][a-z]{2,8}\.? 20\d\d|[A-Z][a-z]{2,8}\.? \d{1,2}, 20\d\d|20\d\d-\d\d-\d\d"
)


@pytest.mark.parametrize("path", TEMPLATES, ids=str)
def test_no_template_writes_a_date_by_itself(path: Path) -> None:
    assert not NAKED.search(path.read_text()), "write it with the filter `moment`"


@pytest.mark.parametrize(
    ("style", "text"),
    [
        ("minute", "1 Jan 2027, 00:30 UTC"),
        ("second", "1 Jan 2027, 00:30:05 UTC"),
        ("clock", "00:30 UTC, 1 Jan"),
    ],
)
def test_a_moment_of_any_zone_is_told_in_utc_which_is_named(style: str, text: str) -> None:
    moment = datetime(2026, 12, 31, 19, 30, 5, tzinfo=timezone(timedelta(hours=-5)))
    template = Template("{% load moment_tags %}{{ at|moment:style }}")
    html = template.render(Context({"at": moment, "style": style}))
    assert html == (
        f'<time datetime="2027-01-01T00:30:05+00:00" data-moment="{style}">{text}</time>'
    )


def test_no_moment_is_a_dash() -> None:
    assert told(None) == "–"
    assert "UTC" in told(datetime.now(UTC))


class Outside(HTMLParser):
    """What stands on a page outside of every <time>, and of what a person types."""

    def __init__(self) -> None:
        super().__init__()
        self.inside: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("time", "script", "style", "textarea"):
            self.inside.append(tag)
        values = dict(attrs)
        self.texts += [
            values[name] or "" for name in ("value", "aria-label", "title") if name in values
        ]

    def handle_endtag(self, tag: str) -> None:
        if self.inside and tag == self.inside[-1]:
            self.inside.pop()

    def handle_data(self, data: str) -> None:
        if not self.inside:
            self.texts.append(data)


def naked_dates(client: Client, address: str) -> list[str]:
    response = client.get(address)
    assert response.status_code == 200, address
    page = Outside()
    page.feed(response.content.decode())
    return [found[0] for text in page.texts for found in DATE.finditer(text)]


@pytest.fixture
def learned(db: None) -> Attempt:
    """A graded attempt with a score that was corrected since, a run, and a lesson."""
    topic = make_topic("gradients")
    question = make_question(topic)
    make_lesson(topic)
    finish_run(make_run(topic))
    attempt = services.start(quiz(topic, "test"), make_learner(make_user("ada")))
    services.finish(attempt, {1: keyed(answers(attempt)[0])})
    correct_the_key(question)
    root = User.objects.create_superuser("root", "root@example.org", PASSWORD)
    regrade(question, 2, "The key was wrong.", root)
    assert ScoreChange.objects.exists()
    return Attempt.objects.get(pk=attempt.pk)


def test_no_page_of_the_admin_has_a_date_outside_a_time(learned: Attempt) -> None:
    root = User.objects.get(username="root")
    client = client_of(root)
    client.post("/admin/auth/group/add/", {"name": "readers"})
    seen = 0
    for model in admin.site._registry:
        base = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        addresses = [base]
        for row in model._default_manager.all()[:3]:
            addresses += [f"{base}{row.pk}/change/", f"{base}{row.pk}/history/"]
        for address in addresses:
            assert naked_dates(client, address) == [], address
            seen += 1
    assert seen > 20


def test_no_page_of_a_learner_has_a_date_outside_a_time(learned: Attempt) -> None:
    client = client_of(learned.learner)
    run = learned.run
    assert run is not None
    for address in (
        *(
            "/",
            "/me/",
            "/me/attempts/",
            "/me/runs/",
        ),
        *(f"{learned.get_absolute_url()}result/", run.get_absolute_url(), "/learn/gradients/"),
    ):
        assert naked_dates(client, address) == [], address
    assert "data-moment" in client.get("/me/attempts/").content.decode()


def test_every_list_of_the_admin_tells_moments_by_the_mixin() -> None:
    for model, model_admin in admin.site._registry.items():
        moments = [field for field in model._meta.fields if isinstance(field, DateTimeField)]
        ours = model._meta.app_label in ("accounts", "lessons", "quizzes", "training_jobs")
        if moments and ours:
            assert isinstance(model_admin, MomentsMixin), model
