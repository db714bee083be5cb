"""Two who save one row at the same instant: one is refused, and reads the other's version."""

from pathlib import Path
from typing import Any

import pytest
from django.http import HttpRequest

from authoring import files
from authoring.files import Outcome, sync
from authoring.revisions import Outdated, advance
from lessons.models import Topic, Track
from quizzes.admin import QuestionAdmin
from tests.authoring.pages import opened, save
from tests.factories import client_of, make_teacher, make_topic, make_track, make_user
from tests.faults.meeting import Meeting

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def topic(transactional_db: None) -> Topic:
    return make_topic("gradients", practice=1)


def test_of_two_saves_at_once_one_is_refused(topic: Topic, monkeypatch: pytest.MonkeyPatch) -> None:
    question = topic.questions.get()
    address = f"/admin/quizzes/question/{question.pk}/change/"
    grace, emmy = client_of(make_teacher("grace")), client_of(make_teacher("emmy"))
    hers, his = opened(grace, address), opened(emmy, address)
    meeting, real = Meeting(), QuestionAdmin.save_model

    def saved_slowly(page: Any, request: HttpRequest, row: Any, form: Any, change: bool) -> None:
        if not meeting.reached.is_set():
            meeting.pause()  # the form is valid, and nothing is written yet
        real(page, request, row, form, change)

    monkeypatch.setattr(QuestionAdmin, "save_model", saved_slowly)
    statuses = []

    def one() -> None:
        statuses.append(save(grace, address, hers, hint="Grace's hint").status_code)

    def other() -> None:
        statuses.append(save(emmy, address, his, hint="Emmy's hint").status_code)

    meeting.meet(one, other)
    assert sorted(statuses) == [302, 409]
    question.refresh_from_db()
    assert question.hint in ("Grace's hint", "Emmy's hint")
    assert question.revision == 2


def test_a_revision_is_taken_once(topic: Topic) -> None:
    same = Track.objects.get(pk=topic.track_id)
    advance(topic.track, 1, make_user().pk)
    with pytest.raises(Outdated):
        advance(same, 1, None)
    same.refresh_from_db()
    assert (same.revision, same.saved_by is not None) == (2, True)


def test_a_file_that_is_read_meanwhile_saves_over_nobody(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    track, root = make_track(), client_of(make_user("ada", is_staff=True, is_superuser=True))
    address = f"/admin/lessons/track/{track.pk}/change/"
    form, real = opened(root, address), files.claim

    def claimed_late(row: Any, outcome: Outcome) -> Outcome:
        save(root, address, form, summary="Ada's summary")
        return real(row, outcome)

    monkeypatch.setattr(files, "claim", claimed_late)
    values = {"title": "Foundations", "summary": "The file's", "position": 1}
    _, outcome = sync(Track, {"slug": "foundations"}, values, Path("tracks.toml"))
    assert outcome is Outcome.KEPT
    track.refresh_from_db()
    assert track.summary == "Ada's summary"


def test_a_file_makes_an_open_page_an_old_one(transactional_db: None) -> None:
    track, root = make_track(), client_of(make_user("ada", is_staff=True, is_superuser=True))
    address = f"/admin/lessons/track/{track.pk}/change/"
    form = opened(root, address)
    values = {"title": "Foundations", "summary": "The file's", "position": 1}
    sync(Track, {"slug": "foundations"}, values, Path("tracks.toml"))
    refused = save(root, address, form, summary="Ada's")
    assert refused.status_code == 409
    assert "loaded from the course’s files" in refused.content.decode()
