"""Two people have one row's page open: the second save is refused, and loses nothing."""

from typing import Any

import pytest
from django.contrib import admin
from django.test import Client

from authoring.admin_saving import RevisionedAdmin
from authoring.models import Revisioned, State
from lessons.models import Lesson, Topic, Track
from quizzes.models import Choice, Question, Quiz
from tests.authoring.pages import Values, fields, opened, save
from tests.factories import (
    client_of,
    make_experiment,
    make_lesson,
    make_numeric,
    make_question,
    make_teacher,
    make_topic,
    make_track,
    make_user,
    quiz,
)
from training_jobs.models import Experiment

pytestmark = pytest.mark.django_db


@pytest.fixture
def topic() -> Topic:
    return make_topic("gradients", practice=1)


@pytest.fixture
def ada() -> Client:
    return client_of(make_user("ada", is_staff=True, is_superuser=True))


@pytest.fixture
def grace() -> Client:
    return client_of(make_teacher("grace"))


def rows(topic: Topic) -> dict[str, tuple[Revisioned, str, Any, Any]]:
    """One row of each kind that people edit, with a field and two values for it."""
    test = quiz(topic, "test")
    return {
        "track": (topic.track, "summary", "Ada's summary", "Grace's summary"),
        "topic": (topic, "summary", "Ada's summary", "Grace's summary"),
        "lesson": (make_lesson(topic, source="# One"), "source", "# Ada's", "# Grace's"),
        "experiment": (topic.experiment, "summary", "Ada's summary", "Grace's summary"),
        "question": (topic.questions.get(), "hint", "Ada's hint", "Grace's hint"),
        "quiz": (test, "time_limit", "31", "47"),
    }


def address_of(row: Revisioned, page: str = "change") -> str:
    return f"/admin/{row._meta.app_label}/{row._meta.model_name}/{row.pk}/{page}/"


def test_every_row_with_a_revision_is_guarded() -> None:
    guarded = {
        model
        for model, page in admin.site._registry.items()
        if isinstance(page, RevisionedAdmin) and not page.list_editable and page.actions is None
    }
    assert guarded == {Track, Topic, Lesson, Experiment, Question, Quiz}
    assert guarded == {m for m in admin.site._registry if issubclass(m, Revisioned)}


KINDS = ["track", "topic", "lesson", "experiment", "question", "quiz"]


@pytest.mark.parametrize("kind", KINDS)
def test_the_second_save_is_refused_and_shows_both(topic: Topic, ada: Client, kind: str) -> None:
    row, field, first, second = rows(topic)[kind]
    other = client_of(make_user("eve", is_staff=True, is_superuser=True))
    hers, his = opened(ada, address_of(row)), opened(other, address_of(row))
    assert save(ada, address_of(row), hers, **{field: first}).status_code == 302
    refused = save(other, address_of(row), his, **{field: second})
    page = refused.content.decode()
    assert refused.status_code == 409
    row.refresh_from_db()
    assert str(getattr(row, field)) == first
    assert fields(page)[field] == [second], "what was typed stands in its field"
    assert "ada saved it on" in page
    for words in (first, second):
        assert words.replace("'", "&#x27;") in page.partition('class="told conflict"')[2]


@pytest.mark.parametrize("kind", KINDS)
def test_a_refused_page_saves_over_what_is_there_knowingly(
    topic: Topic, ada: Client, kind: str
) -> None:
    row, field, first, second = rows(topic)[kind]
    hers, his = opened(ada, address_of(row)), opened(ada, address_of(row))
    save(ada, address_of(row), hers, **{field: first})
    again = fields(save(ada, address_of(row), his, **{field: second}).content.decode())
    assert save(ada, address_of(row), again, _all_mine="1").status_code == 302
    row.refresh_from_db()
    assert str(getattr(row, field)) == second


def test_ones_own_save_in_another_tab_is_not_said_to_be_somebody_elses(
    topic: Topic, ada: Client
) -> None:
    question = make_question(topic, publish=False)
    one, other = opened(ada, address_of(question)), opened(ada, address_of(question))
    deletion = opened(ada, address_of(question, "delete"))
    save(ada, address_of(question), one, hint="In this tab")
    for address, form in (
        (address_of(question), other),
        (address_of(question, "delete"), deletion),
    ):
        refused = save(ada, address, form)
        page = " ".join(refused.content.decode().split())
        assert refused.status_code == 409
        assert "You saved it yourself on" in page
        assert "saved after you opened this page" in page
        assert "omebody" not in page


@pytest.fixture
def two_fields(topic: Topic, ada: Client, grace: Client) -> tuple[Question, Values]:
    """Ada has saved another hint and other steps; Grace's page, with her own, was refused."""
    question = topic.questions.get()
    hers, his = opened(ada, address_of(question)), opened(grace, address_of(question))
    save(ada, address_of(question), hers, hint="Ada's hint", steps="Ada's steps")
    refused = save(grace, address_of(question), his, hint="Grace's hint", steps="Grace's steps")
    return question, fields(refused.content.decode())


def test_each_field_is_chosen_by_itself(grace: Client, two_fields: tuple[Question, Values]) -> None:
    question, form = two_fields
    choices = {"keep-hint": "mine", "keep-steps": "saved"}
    assert save(grace, address_of(question), form, **choices).status_code == 302
    question.refresh_from_db()
    assert (question.hint, question.steps) == ("Grace's hint", "Ada's steps")


def test_what_is_not_chosen_is_asked_for(
    grace: Client, two_fields: tuple[Question, Values]
) -> None:
    question, form = two_fields
    refused = save(grace, address_of(question), form, **{"keep-hint": "mine"})
    assert refused.status_code == 409
    again = fields(refused.content.decode())
    assert again["keep-hint"] == ["mine"]
    assert (again["hint"], again["steps"]) == (["Grace's hint"], ["Grace's steps"])
    question.refresh_from_db()
    assert (question.hint, question.steps) == ("Ada's hint", "Ada's steps")


def test_choices_made_against_an_older_save_are_asked_for_again(
    ada: Client, grace: Client, two_fields: tuple[Question, Values]
) -> None:
    question, form = two_fields
    save(ada, address_of(question), opened(ada, address_of(question)), hint="Ada's third hint")
    refused = save(grace, address_of(question), form, _all_mine="1")
    assert refused.status_code == 409
    assert "Ada&#x27;s third hint" in refused.content.decode()


def test_the_same_saved_twice_is_no_conflict(topic: Topic, ada: Client) -> None:
    question = topic.questions.get()
    form = opened(ada, address_of(question))
    for _ in range(2):
        assert save(ada, address_of(question), form, hint="Twice").status_code == 302


def test_a_page_that_tells_no_revision_knows_the_first(topic: Topic, ada: Client) -> None:
    question = topic.questions.get()
    form = opened(ada, address_of(question))
    del form["revision"]
    assert save(ada, address_of(question), form, hint="The first to save").status_code == 302
    assert save(ada, address_of(question), form, hint="From long ago").status_code == 409
    assert save(ada, address_of(question), form, revision="9" * 5000).status_code == 409


def choice_number(form: Values, choice: Choice) -> int:
    found = [name for name, values in form.items() if values == [str(choice.pk)]]
    return next(int(name.split("-")[1]) for name in found if name.startswith("choices-"))


def test_an_option_is_told_by_its_fields(topic: Topic, ada: Client, grace: Client) -> None:
    question = topic.questions.get()
    choice = question.choices.filter(correct=False)[0]
    hers, his = opened(ada, address_of(question)), opened(grace, address_of(question))
    name = f"choices-{choice_number(hers, choice)}-mistake"
    save(ada, address_of(question), hers, **{name: "Ada's mistake"})
    refused = save(grace, address_of(question), his, **{name: "Grace's mistake"})
    assert refused.status_code == 409
    form = fields(refused.content.decode())
    save(grace, address_of(question), form, **{f"keep-{name}": "saved"})
    choice.refresh_from_db()
    assert choice.mistake == "Ada's mistake"


def test_an_option_that_was_added_meanwhile_is_kept_or_left_out(
    topic: Topic, ada: Client, grace: Client
) -> None:
    question = topic.questions.get()
    his = opened(grace, address_of(question))
    question.choices.create(position=9, text="new", mistake="It is new.")
    save(ada, address_of(question), opened(ada, address_of(question)), hint="Ada's hint")
    form = fields(save(grace, address_of(question), his).content.decode())
    assert form["choices-4-text"] == ["new"]
    kept = {"keep-hint": "saved", "keep-choices-4": "saved"}
    assert save(grace, address_of(question), form, **kept).status_code == 302
    assert question.choices.count() == 5
    his["revision"] = ["1"]
    form = fields(save(grace, address_of(question), his).content.decode())
    assert save(grace, address_of(question), form, _all_mine="1").status_code == 302
    assert not question.choices.filter(text="new").exists()


def test_an_option_that_was_deleted_meanwhile_can_come_back(
    topic: Topic, ada: Client, grace: Client
) -> None:
    question = topic.questions.get()
    hers, his = opened(ada, address_of(question)), opened(grace, address_of(question))
    gone = question.choices.filter(correct=False)[0]
    number = choice_number(hers, gone)
    save(ada, address_of(question), hers, **{f"choices-{number}-DELETE": "on"})
    mine = {f"choices-{number}-text": "written anew"}
    form = fields(save(grace, address_of(question), his, **mine).content.decode())
    assert form["choices-3-text"] == ["written anew"]
    assert save(grace, address_of(question), form, **{"keep-choices-3": "mine"}).status_code == 302
    assert question.choices.filter(text="written anew").exists()


def test_near_misses_are_told_too(topic: Topic, ada: Client, grace: Client) -> None:
    question = make_numeric(topic)
    hers, his = opened(ada, address_of(question)), opened(grace, address_of(question))
    save(ada, address_of(question), hers, **{"near_misses-0-mistake": "Ada's"})
    refused = save(grace, address_of(question), his, **{"near_misses-0-mistake": "Grace's"})
    assert refused.status_code == 409
    assert "Near miss 1" in refused.content.decode()


def test_boxes_and_lists_are_kept_as_they_are_saved(topic: Topic, ada: Client) -> None:
    found = quiz(topic, "practice")
    hers, his = opened(ada, address_of(found)), opened(ada, address_of(found))
    save(ada, address_of(found), hers, review_later=["marks"], shuffle_options="on")
    form = fields(save(ada, address_of(found), his, tries="4").content.decode())
    choices = {"keep-review_later": "saved", "keep-shuffle_options": "saved", "keep-tries": "mine"}
    assert save(ada, address_of(found), form, **choices).status_code == 302
    found.refresh_from_db()
    assert (found.review_later, found.shuffle_options, found.tries) == (["marks"], True, 4)


def test_what_is_typed_for_a_deleted_row_makes_a_new_one(topic: Topic, grace: Client) -> None:
    question = make_question(topic, publish=False)
    address = address_of(question)
    form = opened(grace, address)
    question.delete()
    refused = save(grace, address, form, hint="Not in vain")
    page = refused.content.decode()
    assert refused.status_code == 409
    assert "was deleted after you opened it" in " ".join(page.split())
    again = fields(page)
    assert again["hint"] == ["Not in vain"]
    assert save(grace, "/admin/quizzes/question/add/", again).status_code == 302
    assert Question.objects.get(hint="Not in vain").choices.count() == 4


DELETED_BY = {
    "grace": "You deleted this question yourself on",
    "ada": "ada deleted this question on",
    "nobody": "This question was deleted, after you had opened your page.",
}


@pytest.mark.parametrize("who", DELETED_BY)
def test_who_deleted_it_is_told_where_it_is_known(
    topic: Topic, ada: Client, grace: Client, who: str
) -> None:
    question = make_question(topic, publish=False)
    form = opened(grace, address_of(question))
    if who == "nobody":
        question.delete()
    else:
        browser = {"ada": ada, "grace": grace}[who]
        deleted = save(
            browser,
            address_of(question, "delete"),
            opened(browser, address_of(question, "delete")),
        )
        assert deleted.status_code == 302
    told = " ".join(save(grace, address_of(question), form).content.decode().split())
    assert DELETED_BY[who] in told
    assert "Somebody deleted" not in told


def test_an_old_page_deletes_nothing(topic: Topic, ada: Client, grace: Client) -> None:
    question = make_question(topic, publish=False)
    form = opened(grace, address_of(question, "delete"))
    save(ada, address_of(question), opened(ada, address_of(question)), hint="Worth keeping")
    refused = save(grace, address_of(question, "delete"), form)
    assert refused.status_code == 409
    assert "ada saved it on" in " ".join(refused.content.decode().split())
    assert Question.objects.filter(pk=question.pk).exists()
    now = fields(refused.content.decode())
    assert save(grace, address_of(question, "delete"), now).status_code == 302
    assert not Question.objects.filter(pk=question.pk).exists()


def test_who_and_when_is_remembered(topic: Topic, ada: Client) -> None:
    experiment = make_experiment("small", state=State.DRAFT)
    assert save(ada, address_of(experiment), opened(ada, address_of(experiment))).status_code == 302
    experiment.refresh_from_db()
    assert (experiment.revision, str(experiment.saved_by)) == (2, "ada")
    assert experiment.saved_at is not None
    assert make_track().revision == 1
