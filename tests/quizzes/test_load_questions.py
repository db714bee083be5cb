"""Questions of every kind come from a file; what it cannot say is refused with its place."""

from pathlib import Path

import pytest

from authoring.files import ContentError, Outcome
from quizzes.content import load_questions
from quizzes.models import Question
from tests.factories import make_topic

pytestmark = pytest.mark.django_db

TEXTS = """
[[question]]
slug = "what-is-asked"
use = "bank"
position = 1
difficulty = "easy"
stem = "How many?"
hint = "Count."
steps = "One by one."
answer = "All of them."
check = "Count again."
"""
NUMERIC = """
kind = "numeric"
tags = ["batches", "updates"]
value = 160
tolerance = 0.5
unit = "updates"

[[question.near]]
value = 155
mistake = "The short batch was left out."
"""
MULTIPLE = """
kind = "multiple"
credit = "proportional"

[[question.choice]]
id = "aaaaaa"
text = "kernels"
correct = true
feedback = "They are trained."

[[question.choice]]
id = "bbbbbb"
text = "biases"
correct = true

[[question.choice]]
id = "cccccc"
text = "rows"
mistake = "Rows stay."
"""
SINGLE = MULTIPLE.replace("multiple", "single").replace(
    'id = "bbbbbb"\ntext = "biases"\ncorrect = true',
    'id = "bbbbbb"\ntext = "biases"\nmistake = "m"',
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "questions.toml"


def load(file: Path, text: str) -> tuple[Question, Outcome]:
    file.write_text(TEXTS + text, encoding="utf-8")
    topic = make_topic() if not Question.objects.exists() else Question.objects.get().topic
    outcome = load_questions(file, topic)[0][1]
    return Question.objects.get(), outcome


def test_a_number_is_loaded(file: Path) -> None:
    question, _ = load(file, NUMERIC)
    assert (question.kind, question.value, question.tolerance) == ("numeric", 160.0, 0.5)
    assert (question.unit, question.tags) == ("updates", "batches, updates")
    assert [(miss.value, miss.tolerance) for miss in question.near_misses.all()] == [(155.0, 0.0)]
    assert load(file, NUMERIC)[1] is Outcome.UNCHANGED


def test_a_multiple_choice_is_loaded(file: Path) -> None:
    question, _ = load(file, MULTIPLE)
    assert (question.kind, question.credit) == ("multiple", "proportional")
    assert [choice.feedback for choice in question.choices.all()] == ["They are trained.", "", ""]


def test_what_is_taken_out_of_the_file_is_gone(file: Path) -> None:
    load(file, NUMERIC)
    question, outcome = load(file, SINGLE)
    assert outcome is Outcome.UPDATED
    assert (question.value, question.unit, question.tags) == (None, "", "")
    assert not question.near_misses.exists()
    assert question.version is not None
    assert (question.version.number, question.version.facts.near) == (2, ())


def test_a_changed_near_miss_is_noticed(file: Path) -> None:
    load(file, NUMERIC)
    assert load(file, NUMERIC.replace("155", "150"))[1] is Outcome.UPDATED


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (NUMERIC.replace('["batches", "updates"]', '"batches"'), "write tags as a list"),
        (NUMERIC.replace('["batches", "updates"]', "[1]"), "write tags as a list"),
        (NUMERIC.replace("value = 160", 'value = "x"'), "what-is-asked: value"),
        (NUMERIC.replace("value = 160", "value = nan"), "value is nan, or too large"),
        (NUMERIC.replace("value = 155", "value = 160"), "near miss 160 overlaps"),
        (NUMERIC.replace("value = 155\n", ""), "lacks value"),
        (NUMERIC.replace("unit", "units"), "has unknown units"),
        (NUMERIC.replace('"numeric"', '"number"'), "what-is-asked: kind"),
        (MULTIPLE.replace("proportional", "generous"), "what-is-asked: credit"),
        (MULTIPLE.replace("feedback", "praise"), "has unknown praise"),
        (MULTIPLE.replace("multiple", "single"), "exactly one option as right"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_its_place(
    file: Path, text: str, complaint: str
) -> None:
    with pytest.raises(ContentError, match=complaint) as refused:
        load(file, text)
    assert str(file) in str(refused.value)


def test_there_is_no_use_called_test(file: Path) -> None:
    file.write_text(TEXTS.replace('"bank"', '"test"') + NUMERIC, encoding="utf-8")
    with pytest.raises(ContentError, match="what-is-asked: use"):
        load_questions(file, make_topic())
