"""A teacher writes a question in the admin; students are asked it once it is published."""

import re

import pytest
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.test import Client

from authoring.files import Outcome
from lessons.models import Topic
from quizzes import services
from quizzes.content import load_course
from quizzes.models import Answer, Attempt, Choice, Question, QuestionVersion
from tests.factories import (
    client_of,
    make_learner,
    make_question,
    make_teacher,
    make_topic,
    quiz,
    right_choice,
)
from tests.quizzes.authoring import ADD, RIGHT, WRONG, change, near_misses, question_form

pytestmark = pytest.mark.django_db


@pytest.fixture
def teacher() -> Client:
    return client_of(make_teacher())


@pytest.fixture
def topic() -> Topic:
    return make_topic("gradients", practice=5)


def errors(page: str) -> str:
    return " ".join(re.findall(r'<ul class="errorlist.*?</ul>', page, re.DOTALL))


def options_of(question: Question) -> list[tuple[str, bool, str]]:
    return [(choice.text, choice.correct, choice.mistake) for choice in question.choices.all()]


def test_a_sixth_practice_question_from_the_form_to_its_answer(teacher: Client) -> None:
    list(load_course(settings.WEIGHTWISE_CONTENT))
    topic = Topic.objects.get(slug="optimizers")
    keyless = question_form(topic, [("the weights", False, "They do."), WRONG])
    refused = teacher.post(ADD, keyless)
    assert refused.status_code == 200
    assert "Mark exactly one option as right; marked now: none." in errors(refused.content.decode())
    assert not Question.objects.filter(slug="what-moves").exists()

    teacher.post(ADD, question_form(topic, [RIGHT, WRONG]))
    question = Question.objects.get(slug="what-moves")
    assert (question.state, question.version is not None) == ("published", True)

    student, page = Client(), "/learn/optimizers/practice/6/"
    assert "What moves while a network trains?" in student.get(page).content.decode()
    student.post(page, {"choice": right_choice(question)})
    assert Answer.objects.get(position=6).correct is True

    outcomes = {outcome for _, outcome in load_course(settings.WEIGHTWISE_CONTENT)}
    assert outcomes == {Outcome.UNCHANGED}
    assert Question.objects.get(slug="what-moves").version == question.version


def test_a_loaded_question_that_a_teacher_changed_stays_changed(teacher: Client) -> None:
    list(load_course(settings.WEIGHTWISE_CONTENT))
    question = Question.objects.select_related("topic").get(slug="create-adam")
    options = options_of(question)
    form = question_form(question.topic, options, question, slug="create-adam", stem="Mine now?")
    assert teacher.post(change(question), form).status_code == 302
    outcomes = {str(row): outcome for row, outcome in load_course(settings.WEIGHTWISE_CONTENT)}
    assert outcomes["create-adam"] is Outcome.KEPT
    question.refresh_from_db()
    assert question.stem == "Mine now?"
    assert question.version is not None
    assert question.version.number == 2


def test_a_draft_may_be_incomplete_and_says_what_it_lacks(teacher: Client, topic: Topic) -> None:
    form = question_form(topic, [("the data", False, "")], state="draft")
    page = teacher.post(ADD, form, follow=True).content.decode()
    for problem in ("Mark exactly one option", "Give at least 2 options", "Say which mistake"):
        assert f"Before publishing: {problem}" in page
    question = Question.objects.get(slug="what-moves")
    assert question.version is None
    assert Client().get("/learn/gradients/practice/6/").status_code == 404


def test_a_draft_without_options_has_room_for_them(teacher: Client, topic: Topic) -> None:
    for question, rows in ((make_question(topic, options=0, publish=False), 4), (None, 4)):
        page = teacher.get(change(question) if question else ADD).content.decode()
        assert f'name="choices-TOTAL_FORMS" value="{rows}"' in page
    written = make_question(topic, options=3)
    assert 'name="choices-TOTAL_FORMS" value="3"' in teacher.get(change(written)).content.decode()


@pytest.mark.parametrize(("written", "kept"), [("", 6), ("2", 2)])
def test_a_new_question_comes_last_unless_its_place_is_written(
    teacher: Client, topic: Topic, written: str, kept: int
) -> None:
    make_question(topic, use="bank", position=40)
    make_question(make_topic(), position=50)
    page = teacher.get(ADD).content.decode()
    assert re.search(r'name="position"(?![^>]*value)', page)
    teacher.post(ADD, question_form(topic, [RIGHT, WRONG], position=written))
    assert Question.objects.get(slug="what-moves").position == kept


def test_a_draft_can_be_published_later(teacher: Client, topic: Topic) -> None:
    question = make_question(topic, publish=False, position=6)
    form = question_form(topic, [RIGHT, WRONG, ("x", False, "m"), ("y", False, "m")], question)
    page = teacher.post(change(question), form, follow=True).content.decode()
    assert "Learners now see version 1." in page
    assert Client().get("/learn/gradients/practice/6/").status_code == 200


def test_publishing_again_makes_no_version_without_a_change(teacher: Client, topic: Topic) -> None:
    teacher.post(ADD, question_form(topic, [RIGHT, WRONG]))
    question = Question.objects.get(slug="what-moves")
    teacher.post(change(question), question_form(topic, [RIGHT, WRONG], question))
    assert question.versions.count() == 1
    swapped = [("the weights", False, "No."), ("the data", True, "")]
    teacher.post(change(question), question_form(topic, swapped, question))
    assert question.versions.count() == 2


def test_line_ends_of_a_browser_change_no_text(teacher: Client, topic: Topic) -> None:
    texts = {"stem": "    model.fit(x)\n\nWhat moves?\n", "watch": "Watch\nlayer 1.\n"}
    question = make_question(topic)
    Question.objects.update(**texts)
    options = options_of(question)
    posted = {name: text.replace("\n", "\r\n") for name, text in texts.items()}
    teacher.post(change(question), question_form(topic, options, question, **posted))
    told = LogEntry.objects.get().get_change_message()
    assert "Hint" in told
    assert not {"Stem", "Watch"} & set(re.findall(r"\w+", told))
    question.refresh_from_db()
    assert (question.stem, question.watch) == ("    model.fit(x)\n\nWhat moves?", "Watch\nlayer 1.")


def test_an_open_attempt_keeps_what_it_began_with(teacher: Client, topic: Topic) -> None:
    attempt = services.start(quiz(topic), make_learner())
    teacher.post(ADD, question_form(topic, [RIGHT, WRONG]))
    assert attempt.answers.count() == 5
    learner = client_of(attempt.learner)
    assert learner.get("/learn/gradients/practice/6/").status_code == 404


@pytest.mark.parametrize(
    ("options", "changes", "complaint"),
    [
        ([RIGHT, RIGHT], {}, "marked now: 2."),
        ([RIGHT], {}, "Give at least 2 options"),
        ([RIGHT, ("the  Weights", False, "m")], {}, "Two options are equal"),
        ([RIGHT, ("the data", False, "")], {}, "Say which mistake leads to the wrong option"),
        ([RIGHT, ("", False, "m")], {}, "Write the option, or remove it."),
        ([RIGHT, WRONG], {"stem": ""}, "Write the question."),
        ([RIGHT, WRONG], {"slug": "no slug"}, "letters a to z, digits"),
    ],
)
def test_what_students_could_not_be_asked_is_refused(
    teacher: Client,
    topic: Topic,
    options: list[tuple[str, bool, str]],
    changes: dict[str, str],
    complaint: str,
) -> None:
    response = teacher.post(ADD, question_form(topic, options, None, **changes))
    assert response.status_code == 200
    assert complaint in errors(response.content.decode())
    assert not Question.objects.filter(slug="what-moves").exists()


def test_an_option_that_is_taken_away_counts_no_more(teacher: Client, topic: Topic) -> None:
    teacher.post(ADD, question_form(topic, [RIGHT, WRONG, ("the code", False, "m")]))
    question = Question.objects.get(slug="what-moves")
    form = question_form(topic, [RIGHT, WRONG, ("the code", False, "m")], question)
    assert teacher.post(change(question), form | {"choices-0-DELETE": "on"}).status_code == 200
    assert teacher.post(change(question), form | {"choices-2-DELETE": "on"}).status_code == 302
    assert question.choices.count() == 2


def test_nobody_is_asked_for_ids_of_options(teacher: Client, topic: Topic) -> None:
    teacher.post(ADD, question_form(topic, [RIGHT, WRONG]))
    ids = Choice.objects.filter(question__slug="what-moves").values_list("ident", flat=True)
    assert all(re.fullmatch(r"[0-9a-f]{6}", ident) for ident in ids)
    assert len(set(ids)) == 2


def test_the_list_finds_questions(teacher: Client, topic: Topic) -> None:
    make_question(topic, slug="needle", position=9)
    page = teacher.get("/admin/quizzes/question/?q=needle").content.decode()
    assert "needle" in page
    assert "1 question" in page


def test_versions_are_never_touched(teacher: Client, topic: Topic) -> None:
    before = list(QuestionVersion.objects.values_list("pk", "content").order_by("pk"))
    question = Question.objects.get(position=1)
    options = options_of(question)
    form = question_form(topic, options, question, slug=question.slug, position="1", stem="Other?")
    teacher.post(change(question), form)
    assert list(QuestionVersion.objects.values_list("pk", "content").order_by("pk"))[:5] == before
    assert not Attempt.objects.exists()


def test_a_number_from_the_form_to_its_answer(teacher: Client, topic: Topic) -> None:
    near = near_misses([("155", "0", "The short batch was left out."), ("", "0.0", "")])
    numeric = {"kind": "numeric", "value": "160", "tolerance": "0.5", "unit": "updates"}
    form = question_form(topic, []) | near | numeric
    assert teacher.post(ADD, form).status_code == 302
    question = Question.objects.get(slug="what-moves")
    assert question.near_misses.count() == 1

    student, page = Client(), "/learn/gradients/practice/6/"
    assert "Write one number." in student.get(page).content.decode()
    student.post(page, {"choice": "160.4 updates"})
    assert Answer.objects.get(position=6).correct is True


@pytest.mark.parametrize(
    ("near", "changes", "complaint"),
    [
        ([], {"value": ""}, "Give the right number"),
        ([], {"tolerance": "-1"}, "The tolerance is negative"),
        ([("160", "0", "m")], {}, "overlaps the right number"),
        ([("155", "0", "")], {}, "Say which mistake leads to this number."),
        ([], {"kind": "single"}, "Only a question that asks for a number"),
        ([], {"tags": "Two Words"}, "should be words-with-hyphens"),
    ],
)
def test_a_number_that_could_not_be_asked_for_is_refused(
    teacher: Client,
    topic: Topic,
    near: list[tuple[str, str, str]],
    changes: dict[str, str],
    complaint: str,
) -> None:
    form = question_form(topic, []) | near_misses(near) | {"kind": "numeric", "value": "160"}
    response = teacher.post(ADD, form | changes)
    assert response.status_code == 200
    assert complaint in errors(response.content.decode())
    assert not Question.objects.filter(slug="what-moves").exists()


def test_options_whose_position_was_left_alone_follow_each_other(
    teacher: Client, topic: Topic
) -> None:
    options = [("True", False, "It is not."), ("False", True, "")]
    alone = {"choices-0-position": "1", "choices-1-position": "1", "kind": "true_false"}
    teacher.post(ADD, question_form(topic, options) | alone)
    question = Question.objects.get(slug="what-moves")
    assert [(c.position, c.text) for c in question.choices.all()] == [(1, "True"), (2, "False")]

    more = [*options_of(question), ("Perhaps", False, "m")]
    form = question_form(topic, more, question, state="draft", kind="single")
    teacher.post(change(question), form | {"choices-2-position": "1"})
    assert [c.position for c in question.choices.all()] == [1, 2, 3]


def test_a_position_that_was_given_stays(teacher: Client, topic: Topic) -> None:
    form = question_form(topic, [RIGHT, WRONG]) | {"choices-0-position": "9"}
    teacher.post(ADD, form | {"choices-1-position": "4"})
    question = Question.objects.get(slug="what-moves")
    assert [(c.position, c.text) for c in question.choices.all()] == [
        (4, "the data"),
        (9, "the weights"),
    ]


def test_what_is_to_be_mended_stands_at_the_top_with_its_place(
    teacher: Client, topic: Topic
) -> None:
    form = question_form(topic, [RIGHT, ("", False, "m")], stem="")
    page = teacher.post(ADD, form).content.decode()
    assert re.search('<a href="#id_stem">Stem</a>: Write the question.', page)
    assert re.search('<a href="#id_choices-1-text">Option 2, Text</a>: Write the option', page)
    keyless = teacher.post(ADD, question_form(topic, [WRONG, ("x", False, "m")]))
    place = '<a href="#choices-heading">Options</a>: Cannot be published'
    assert place in keyless.content.decode()


@pytest.mark.parametrize(
    ("near", "changes", "place"),
    [
        ([], {"value": ""}, '"#id_value">Right number</a>: Cannot be published yet. Give the'),
        ([], {"tolerance": "-1"}, '"#id_tolerance">Tolerance</a>: Cannot be published yet. The'),
        ([("160", "0", "m")], {}, '"#near_misses-heading">Near misses: wrong numbers that'),
        ([], {"tags": "Adam"}, '"#id_tags">Tags</a>: Cannot be published yet. The tag'),
    ],
)
def test_what_keeps_it_from_being_published_stands_where_it_is_mended(
    teacher: Client,
    topic: Topic,
    near: list[tuple[str, str, str]],
    changes: dict[str, str],
    place: str,
) -> None:
    form = question_form(topic, []) | near_misses(near) | {"kind": "numeric", "value": "160"}
    page = teacher.post(ADD, form | changes).content.decode()
    assert place in page
    assert page.count("Cannot be published yet.") == 2, "at the top, and at its place"
    if "#id_" in place:
        assert re.search(r'aria-invalid="true"[^>]*id="id_(value|tolerance|tags)"', page)


def test_a_slug_is_made_from_the_question(teacher: Client, topic: Topic) -> None:
    teacher.post(ADD, question_form(topic, [RIGHT, WRONG], slug=""))
    assert Question.objects.filter(slug="what-moves-while-a-network-trains").exists()
    again = teacher.post(ADD, question_form(topic, [RIGHT, WRONG], slug=""))
    assert "Another question has this slug" in errors(again.content.decode())
    signs = teacher.post(ADD, question_form(topic, [RIGHT, WRONG], slug="", stem="∂?"))
    assert "no letters to make it from" in errors(signs.content.decode())


def test_the_form_is_sent_without_the_fragment_of_a_followed_link(
    teacher: Client, topic: Topic
) -> None:
    assert f'action="{ADD}"' in teacher.get(ADD).content.decode()
    filtered = f"{change(make_question(topic, position=9))}?_changelist_filters=q%3Dx"
    assert f'action="{filtered}"' in teacher.get(filtered).content.decode()
