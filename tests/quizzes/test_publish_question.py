"""Publishing freezes a version; attempts keep the one they began with."""

import pytest

from quizzes import services
from quizzes.models import Attempt, Choice, Question, QuestionVersion, Quiz
from quizzes.publishing import publish, unpublishable
from quizzes.queries import published_versions
from tests.factories import (
    answers,
    keyed,
    make_learner,
    make_multiple,
    make_numeric,
    make_question,
    make_topic,
    quiz,
    right_choice,
    wrong_choice,
)

pytestmark = pytest.mark.django_db


def test_a_version_holds_rendered_and_sanitised_texts() -> None:
    question = make_question(make_topic(), stem="Is **this** `safe`? <script>x</script>")
    assert question.version is not None
    facts = question.version.facts
    assert "<strong>this</strong>" in facts.stem
    assert "<script>" not in facts.stem
    assert [choice.correct for choice in facts.choices] == [True, False, False, False]


def test_publishing_the_same_gives_the_same_version() -> None:
    question = make_question(make_topic())
    first = question.version
    assert publish(question) == first
    assert publish(Question.objects.get()) == first
    assert QuestionVersion.objects.count() == 1


@pytest.mark.parametrize("field", ["stem", "hint", "steps", "answer", "quick_check", "watch"])
def test_a_changed_text_gives_a_new_version(field: str) -> None:
    question = make_question(make_topic())
    setattr(question, field, "Another text.")
    question.save()
    assert publish(question).number == 2


def test_a_changed_option_gives_a_new_version() -> None:
    question = make_question(make_topic())
    Choice.objects.filter(ident=wrong_choice(question)).update(mistake="Another reason.")
    assert publish(question).number == 2


def test_an_open_attempt_keeps_its_version() -> None:
    topic = make_topic(practice=1)
    attempt = services.start(quiz(topic), make_learner())
    question = Question.objects.get()
    was_right, was_wrong = right_choice(question), wrong_choice(question)
    Choice.objects.filter(ident=was_right).update(correct=False, mistake="No more.")
    Choice.objects.filter(ident=was_wrong).update(correct=True)
    publish(question)
    services.check(attempt, 1, [was_right])
    (answer,) = answers(attempt)
    assert (answer.version.number, answer.correct) == (1, True)
    later = services.start(quiz(topic), make_learner())
    (fresh,) = answers(later)
    assert fresh.version.number == 2
    assert keyed(fresh) == [was_wrong]


def test_an_attempt_asks_no_question_that_was_added_later() -> None:
    topic = make_topic(practice=2)
    attempt = services.start(quiz(topic), make_learner())
    make_question(topic, position=3)
    assert len(answers(attempt)) == 2
    assert len(answers(services.start(quiz(topic), make_learner()))) == 3


def test_a_withdrawn_question_is_asked_no_more() -> None:
    topic = make_topic(practice=2)
    Question.objects.filter(position=1).update(state="draft")
    assert len(answers(services.start(quiz(topic), make_learner()))) == 1


def test_a_draft_is_not_asked() -> None:
    topic = make_topic()
    make_question(topic, publish=False)
    assert published_versions(topic.pk, None) == []
    assert not Attempt.objects.exists()


def test_what_a_draft_lacks_is_told() -> None:
    question = make_question(make_topic(), right=-1, publish=False)
    assert unpublishable(question, list(question.choices.all()), []) == [
        "Mark exactly one option as right; marked now: none."
    ]


def test_every_topic_has_a_quiz_of_each_kind() -> None:
    topic = make_topic()
    topic.save()
    assert set(Quiz.objects.values_list("kind", flat=True)) == set(Quiz.Kind.values)
    assert Quiz.objects.count() == len(Quiz.Kind)


def test_a_version_holds_all_that_a_kind_needs() -> None:
    topic = make_topic()
    numeric = make_numeric(topic, tolerance=0.5, tags="batches-and-epochs, gradients").version
    assert numeric is not None
    facts = numeric.facts
    assert (facts.kind, facts.value, facts.tolerance, facts.unit) == (
        "numeric",
        160,
        0.5,
        "updates",
    )
    assert facts.tags == ("batches-and-epochs", "gradients")
    assert [(miss.value, miss.mistake) for miss in facts.near] == [
        (155.0, "<p>The short batch was left out.</p>\n")
    ]
    multiple = make_multiple(topic, credit="proportional").version
    assert multiple is not None
    assert (multiple.facts.kind, multiple.facts.credit) == ("multiple", "proportional")
    assert multiple.facts.choices[0].feedback == "<p>It belongs to them.</p>\n"


def test_a_changed_near_miss_gives_a_new_version() -> None:
    question = make_numeric(make_topic())
    question.near_misses.update(tolerance=1.0)
    assert publish(question).number == 2


def test_a_version_of_old_is_not_written_again() -> None:
    question = make_question(make_topic())
    version = question.version
    assert version is not None
    new = ("kind", "credit", "tags", "value", "tolerance", "unit", "near")
    version.content = {name: v for name, v in version.content.items() if name not in new}
    version.save()
    assert publish(question) == version
