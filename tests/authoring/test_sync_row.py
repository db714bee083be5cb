"""Bringing a row up to date with its file."""

from pathlib import Path

import pytest
from django.utils import timezone

from authoring.files import ContentError, Outcome, digest, sync
from authoring.models import State
from lessons.models import Track

pytestmark = pytest.mark.django_db

PATH = Path("course/tracks.toml")
KEY = {"slug": "foundations"}
VALUES = {"title": "Foundations", "summary": "Where to start.", "position": 1}


def test_a_new_row_is_created_and_published() -> None:
    row, outcome = sync(Track, KEY, VALUES, PATH)
    assert outcome is Outcome.CREATED
    assert (row.title, row.state, row.edited_at) == ("Foundations", State.PUBLISHED, None)


def test_the_same_file_changes_nothing() -> None:
    sync(Track, KEY, VALUES, PATH)
    row, outcome = sync(Track, KEY, VALUES, PATH)
    assert outcome is Outcome.UNCHANGED
    assert Track.objects.get() == row


def test_a_changed_file_updates_the_row() -> None:
    sync(Track, KEY, VALUES, PATH)
    _, outcome = sync(Track, KEY, VALUES | {"title": "First steps"}, PATH)
    assert outcome is Outcome.UPDATED
    assert Track.objects.get().title == "First steps"


def test_a_row_that_a_person_edited_is_kept() -> None:
    sync(Track, KEY, VALUES, PATH)
    Track.objects.update(title="My own title", edited_at=timezone.now(), state=State.DRAFT)
    _, outcome = sync(Track, KEY, VALUES | {"title": "First steps"}, PATH)
    assert outcome is Outcome.KEPT
    row = Track.objects.get()
    assert (row.title, row.state) == ("My own title", State.DRAFT)


def test_a_value_that_the_model_refuses_is_not_saved() -> None:
    with pytest.raises(
        ContentError, match=r"(?s)tracks\.toml: title is \"\": .*blank.*position is \"first\": "
    ):
        sync(Track, KEY, VALUES | {"title": "", "position": "first"}, PATH)
    assert not Track.objects.exists()


def test_the_digest_knows_the_order_of_lists_but_not_of_keys() -> None:
    assert digest({"a": 1, "b": [1, 2]}) == digest({"b": [1, 2], "a": 1})
    assert digest({"b": [1, 2]}) != digest({"b": [2, 1]})
