"""A change in the admin or in a file never takes away what a published row shows."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from authoring.files import ContentError, Outcome, check_publication
from authoring.models import Authored, State
from lessons.models import Topic, Track
from quizzes.content import load_course, withdraw
from tests.authoring.pages import opened, save
from tests.factories import (
    PLAN,
    client_of,
    make_experiment,
    make_lesson,
    make_question,
    make_topic,
    make_user,
)

pytestmark = pytest.mark.django_db
LONG = PLAN | {"dataset": "mnist", "network": "convolutional", "epochs": 50, "batch_size": 8}


@pytest.fixture
def root() -> Client:
    return client_of(make_user("ada", is_staff=True, is_superuser=True))


@pytest.fixture
def topic() -> Topic:
    return make_topic("gradients", practice=2)


def refused(client: Client, row: Authored, **changes: Any) -> str:
    """What the row's page says against these changes; they are not saved."""
    address = f"/admin/{row._meta.app_label}/{row._meta.model_name}/{row.pk}/change/"
    response = save(client, address, opened(client, address), **changes)
    assert response.status_code == 200, "it was saved"
    before = row.state
    row.refresh_from_db()
    assert row.state == before
    return " ".join(response.content.decode().split())


def saved(client: Client, row: Authored, **changes: Any) -> None:
    address = f"/admin/{row._meta.app_label}/{row._meta.model_name}/{row.pk}/change/"
    assert save(client, address, opened(client, address), **changes).status_code == 302


def test_an_experiment_that_something_published_shows_stays(root: Client, topic: Topic) -> None:
    other = make_experiment("shown")
    lesson = make_lesson(topic, source="[[run shown]]")
    assert "Watch it move" in refused(root, other, state="draft")
    assert "Watch it move" in refused(root, other, slug="renamed")
    assert "“Gradients” trains this experiment" in refused(root, topic.experiment, state="draft")
    type(lesson).objects.update(state=State.DRAFT)
    saved(root, other, state="draft")


def test_a_topic_with_nothing_in_it_is_a_draft(root: Client) -> None:
    topic = make_topic("empty")
    Topic.objects.update(state=State.DRAFT)
    topic.refresh_from_db()
    assert "neither a published lesson nor a published question" in refused(
        root, topic, state="published"
    )
    make_question(topic)
    saved(root, topic, state="published")


def test_what_was_lacking_before_is_not_held_against_another_change(root: Client) -> None:
    """Rows that were published before the rule was, or emptied past it, can be mended by parts."""
    topic = make_topic("empty")
    saved(root, topic, title="Renamed")
    saved(root, topic.track, title="Renamed, too")
    long = make_experiment("long", plan=LONG)
    saved(root, long, summary="It takes its time.")
    assert "one run may take" in refused(root, long, plan=json.dumps(LONG | {"epochs": 45}))


def test_a_track_without_topics_is_a_draft(root: Client) -> None:
    track = Track.objects.create(slug="empty", title="Empty", summary="Nothing yet.")
    assert "has no published topic" in refused(root, track, state="published")


def test_the_last_published_topic_of_a_track_stays(root: Client, topic: Topic) -> None:
    other = Track.objects.create(slug="other", title="Other", summary="Another one.")
    for changes in ({"state": "draft"}, {"track": str(other.pk)}):
        words = refused(root, topic, **changes)
        assert "the last published topic of the published track “Foundations”" in words
        assert "withdraw the track, before this" in words
    second = make_topic("second", practice=1)
    saved(root, topic, track=str(other.pk))
    assert "the last published topic" in refused(root, second, state="draft")
    Track.objects.filter(slug="foundations").update(state=State.DRAFT)
    saved(root, second, state="draft")


def test_a_figure_that_a_network_lacks_is_no_part_of_a_published_lesson(
    root: Client, topic: Topic
) -> None:
    shallow = make_experiment("shallow", plan=PLAN | {"hidden_units": []})
    deep = make_experiment("deep")
    lesson = make_lesson(topic, state=State.DRAFT, source="{{ measured shallow.relative_delta_2 }}")
    words = refused(root, lesson, state="published")
    assert "{{ measured shallow.relative_delta_2 }}: shallow has one layer with weights" in words
    assert "name another figure, or give its plan more hidden_units" in words
    source = "{{ measured shallow.relative_delta_1 }} {{ measured deep.relative_delta_2 }}"
    saved(root, lesson, state="published", source=source)
    words = refused(root, deep, plan=json.dumps(PLAN | {"hidden_units": []}))
    assert "deep has one layer with weights" in words
    assert "The published lesson “Watch it move" in words
    saved(root, shallow, plan=json.dumps(PLAN | {"hidden_units": [4]}))


def test_a_file_names_figures_that_its_network_has(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(settings.WEIGHTWISE_CONTENT, tmp_path / "course"))
    load_course(folder)
    measured = next(
        path for path in folder.glob("*/lessons/*.md") if "relative_delta_2" in path.read_text()
    )
    found = re.search(r"measured ([\w-]+)\.relative_delta_2", measured.read_text())
    assert found is not None
    plan = next(folder.glob(f"*/experiments/{found[1]}.toml"))
    units = re.search(r"^hidden_units = .*$", plan.read_text(), re.MULTILINE)
    assert units is not None
    shallow = plan.read_text().split("[permits]")[0].replace(units[0], "hidden_units = []")
    (plan.parent / "shallow.toml").write_text(shallow)
    name = f"measured {found[1]}.relative_delta_2"
    told = spoiled(
        folder, str(measured.relative_to(folder)), name, name.replace(found[1], "shallow")
    )
    assert "shallow has one layer with weights" in told
    assert "{{ measured shallow.relative_delta_2 }}" in told


def test_an_experiment_that_takes_too_long_is_a_draft(root: Client) -> None:
    draft = make_experiment("long", plan=LONG, state=State.DRAFT)
    assert "one run may take" in refused(root, draft, state="published")
    permits = '{"epochs": [1, 50]}'
    short = make_experiment("short", plan=LONG | {"epochs": 1}, state=State.DRAFT)
    assert "epochs 50" in refused(root, short, state="published", permits=permits)
    saved(root, short, permits=permits)


@pytest.mark.parametrize("field", ["hint", "steps", "answer", "quick_check"])
def test_a_question_without_its_texts_is_a_draft(root: Client, topic: Topic, field: str) -> None:
    question = make_question(topic, publish=False)
    assert " missing." in refused(root, question, state="published", **{field: " "})
    saved(root, question, state="draft", **{field: " "})


def test_a_lesson_asks_what_there_is(root: Client, topic: Topic) -> None:
    lesson = make_lesson(topic, state=State.DRAFT)
    assert "[[inline-quiz]]" in refused(root, lesson, state="published")
    asked = make_question(topic, use="inline")
    saved(root, lesson, state="published")
    for changes in ({"state": "draft"}, {"use": "bank"}):
        assert "asks this question by [[inline-quiz]]" in refused(root, asked, **changes)


def test_the_last_thing_of_a_topic_stays(root: Client) -> None:
    topic = make_topic("small")
    lesson = make_lesson(topic, source="Text.")
    assert "the last thing" in refused(root, lesson, state="draft")
    make_question(topic)
    saved(root, lesson, state="draft")


def test_a_test_keeps_its_ten_questions(root: Client) -> None:
    topic, other = make_topic("full", practice=10), make_topic("other", practice=1)
    first, second = topic.questions.order_by("position")[:2]
    assert "asks 10 questions, and 9 would be left" in refused(root, first, state="draft")
    assert "and 9 would be left" in refused(root, first, topic=str(other.pk))
    make_question(topic, use="bank")
    saved(root, first, state="draft")
    assert "and 9 would be left" in refused(root, second, state="draft")


def test_to_delete_is_to_withdraw(root: Client, topic: Topic) -> None:
    make_lesson(topic, source="[[run shown]]")
    shown = make_experiment("shown")
    address = f"/admin/training_jobs/experiment/{shown.pk}/delete/"
    kept = root.post(address, {"post": "yes"})
    assert kept.status_code == 409
    assert "shows shown" in kept.content.decode()
    assert type(shown).objects.filter(pk=shown.pk).exists()


def test_files_are_weighed_by_the_same_rule() -> None:
    for row, words in (
        (make_topic("empty"), "neither a published lesson"),
        (make_experiment("long", plan=LONG), "one run may take"),
    ):
        with pytest.raises(ContentError, match=f"x.toml: .*{words}"):
            check_publication([(row, Path("x.toml"))])


def spoiled(folder: Path, file: str, old: str, new: str) -> str:
    """What loading says once the file is changed."""
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(ContentError) as refused:
        load_course(folder)
    path.write_text(text, encoding="utf-8")
    return str(refused.value)


def test_a_changed_file_is_weighed_with_the_rows_that_count_on_it(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(settings.WEIGHTWISE_CONTENT, tmp_path / "course"))
    load_course(folder)
    told = spoiled(folder, "optimizers/questions.toml", 'use = "inline"', 'use = "bank"')
    assert "lessons/pipeline.md: lesson" in told
    assert "[[inline-quiz]] asks the topic’s published questions" in told
    assert {outcome for _, outcome in load_course(settings.WEIGHTWISE_CONTENT)} == {
        Outcome.UNCHANGED
    }


def test_what_something_counts_on_is_not_taken_back_either(topic: Topic) -> None:
    """`prepare --withdraw` asks the same rule."""
    make_lesson(topic)
    asked = make_question(topic, use="inline")
    assert withdraw([asked]) == []
    asked.refresh_from_db()
    assert asked.is_published
