"""What the database adds up for a quiz's statistics, and which attempts it counts."""

import numpy as np
import pytest

from lessons.models import Topic
from quizzes import lifecycle, saving, services
from quizzes.item_statistics import item_in, item_statistics
from quizzes.models import Answer, Attempt, Question, Quiz
from quizzes.publishing import publish
from quizzes.statistics import QuizStatistics, quiz_statistics
from tests.factories import (
    answers,
    keyed,
    make_learner,
    make_multiple,
    make_numeric,
    make_question,
    make_teacher,
    make_topic,
    mistaken,
    quiz,
    regrade,
)
from tests.quizzes.cohort import answered, attempted

pytestmark = pytest.mark.django_db
MARKS = [[1, 1, 1], [1, 1, 0], [1, 0, 1], [1, 0, 0], [0, 1, 0], [0, 0, 0]]


@pytest.fixture
def topic() -> Topic:
    return make_topic("gradients", practice=3)


def figures(topic: Topic, kind: str = "practice", *, first_only: bool = True) -> QuizStatistics:
    return quiz_statistics(quiz(topic, kind), first_only=first_only)


def test_facility_discrimination_and_alpha_are_those_of_the_raw_marks(topic: Topic) -> None:
    answered(topic, MARKS)
    told, table = figures(topic), np.array(MARKS)
    assert (told.attempts, told.answers) == (6, 18)
    assert [item.sums.facility for item in told.items] == pytest.approx([4 / 6, 3 / 6, 2 / 6])
    for number, item in enumerate(told.items):
        rest = table.sum(axis=1) - table[:, number]
        expected = np.corrcoef(table[:, number], rest)[0, 1]
        assert item.discrimination == pytest.approx(expected)
    total = table.sum(axis=1)
    alpha = 3 / 2 * (1 - table.var(axis=0).sum() / total.var())
    assert told.alpha == pytest.approx(alpha)
    assert told.mean_score == pytest.approx(total.mean())
    assert told.deviation == pytest.approx(total.std())
    assert [(step.points, step.attempts) for step in told.score_bins] == [
        (0, 1),
        (1, 2),
        (2, 2),
        (3, 1),
    ]


def test_nobody_has_answered_yet(topic: Topic) -> None:
    services.start(quiz(topic), make_learner())
    told = figures(topic)
    assert (told.attempts, list(told.items), told.alpha) == (0, [], None)
    assert (told.mean_score, told.median_score, told.score_bins) == (None, None, [])


def test_open_and_void_attempts_do_not_count(topic: Topic) -> None:
    first, *_ = answered(topic, MARKS)
    assert lifecycle.void(first, "Somebody else sat there.", make_teacher())
    saving.save(services.start(quiz(topic), make_learner()), {1: []}, seq=1)
    told = figures(topic)
    assert (told.attempts, told.items[0].sums.n) == (len(MARKS) - 1, len(MARKS) - 1)


def test_a_learners_first_attempt_counts_and_all_of_them_where_asked(topic: Topic) -> None:
    attempt = attempted(topic, [0, 0, 0])
    for _ in range(2):
        again = services.start(quiz(topic), attempt.learner)
        services.finish(again, {answer.position: keyed(answer) for answer in answers(again)})
    numbers = Attempt.objects.order_by("started_at").values_list("number", flat=True)
    assert list(numbers) == [1, 2, 3]
    assert figures(topic).items[0].sums.facility == 0
    everything = figures(topic, first_only=False)
    assert everything.attempts == 3
    assert everything.items[0].sums.facility == pytest.approx(2 / 3)


def test_after_a_void_attempt_the_next_one_is_the_first(topic: Topic) -> None:
    attempt = attempted(topic, [0, 0, 0])
    lifecycle.void(attempt, "The network went away.", make_teacher())
    again = services.start(quiz(topic), attempt.learner)
    assert again.number == 1


def test_each_quiz_has_its_own_figures(topic: Topic) -> None:
    answered(topic, MARKS[:2])
    answered(topic, MARKS[:1], "test")
    assert (figures(topic).attempts, figures(topic, "test").attempts) == (2, 1)


def test_a_test_that_draws_has_no_alpha() -> None:
    topic = make_topic(practice=12)
    for _ in range(4):
        attempt = services.start(quiz(topic, "test"), make_learner())
        services.finish(attempt, {})
    told = figures(topic, "test")
    assert not told.is_fixed
    assert told.alpha is None
    assert told.questions_each == 10


def test_mastery_tells_no_discrimination(topic: Topic) -> None:
    answered(topic, MARKS)
    Quiz.objects.filter(topic=topic, kind="practice").update(behaviour="mastery")
    assert [item.discrimination for item in figures(topic).items] == [None] * 3


def test_levels_take_questions_of_one_difficulty_together(topic: Topic) -> None:
    hardest = Question.objects.filter(topic=topic).order_by("position").last()
    assert hardest is not None
    Question.objects.filter(pk=hardest.pk).update(difficulty="hard")
    answered(topic, MARKS)
    easier, hard = figures(topic).levels
    assert (easier.name, len(easier.items), easier.sums.n) == ("medium", 2, 12)
    assert hard.name == "hard"
    assert hard.sums.facility == pytest.approx(2 / 6)


def test_versions_of_a_question_are_added_up_and_told_apart(topic: Topic) -> None:
    question = Question.objects.filter(topic=topic).order_by("position")[0]
    answered(topic, [[1, 0, 0]])
    question.stem = "What does the question ask now?"
    question.save()
    publish(question)
    answered(topic, [[0, 0, 0]])
    assert figures(topic).items[0].sums.n == 2
    told = item_statistics(question, quiz(topic), first_only=True)
    assert [(row.number, row.sums.n, row.sums.facility) for row in told.versions] == [
        (1, 1, 1.0),
        (2, 1, 0.0),
    ]
    assert item_in(quiz(topic), question).sums == told.item.sums


def test_a_corrected_key_corrects_the_figures(topic: Topic) -> None:
    question = Question.objects.filter(topic=topic).order_by("position")[0]
    answered(topic, MARKS)
    wrong = question.choices.filter(correct=False)[0]
    question.choices.update(correct=False, mistake="No.")
    question.choices.filter(pk=wrong.pk).update(correct=True, mistake="")
    version = publish(question)
    regrade(question, version.number, "The key was wrong.", make_teacher())
    told = item_statistics(question, quiz(topic), first_only=True)
    assert told.item.sums.facility == pytest.approx(2 / 6)
    keyed_option = next(option for option in told.options if option.correct)
    assert keyed_option.n == 2


def test_each_option_tells_who_took_it(topic: Topic) -> None:
    question = Question.objects.filter(topic=topic).order_by("position")[0]
    answered(topic, [*MARKS, [-1, 1, 1]])
    told = item_statistics(question, quiz(topic), first_only=True)
    assert told.left_open == 1
    by_key = {option.correct: option for option in told.options if option.n}
    assert by_key[True].n == 4
    assert by_key[True].share == pytest.approx(4 / 7)
    assert by_key[True].rest == pytest.approx(np.mean([2, 1, 1, 0]))
    assert (by_key[False].n, by_key[False].rest) == (2, 0.5)
    assert sum(option.n for option in told.options) == 6


def test_a_distractor_that_the_able_take_points_at_the_key(topic: Topic) -> None:
    question = Question.objects.filter(topic=topic).order_by("position")[0]
    answered(topic, [[0, 1, 1]] * 30 + [[1, 0, 0]] * 30)
    told = item_statistics(question, quiz(topic), first_only=True)
    assert "check the key" in " ".join(told.item.warnings)
    warned = {option.warning for option in told.options if not option.correct}
    assert warned == {
        "Those who choose it do better elsewhere than those who are right: look at the key.",
        "Hardly anyone chooses it: it distracts nobody.",
    }


def test_several_options_may_be_taken_by_one() -> None:
    topic = make_topic()
    question = make_multiple(topic)
    attempt = services.start(quiz(topic), make_learner())
    only = answers(attempt)[0]
    services.finish(attempt, {1: [*keyed(only), *mistaken(only)]})
    told = item_statistics(question, quiz(topic), first_only=True)
    assert [option.n for option in told.options] == [1, 1, 1, 0]


def test_numbers_are_told_as_they_were_typed() -> None:
    topic = make_topic()
    question = make_numeric(topic, value=160)
    for typed in ("160", "155", "155", "7"):
        services.finish(services.start(quiz(topic), make_learner()), {1: [typed]})
    told = item_statistics(question, quiz(topic), first_only=True)
    assert told.options == []
    assert [(row.html, row.n, row.correct) for row in told.numbers] == [
        ("155", 2, False),
        ("160", 1, True),
        ("7", 1, False),
    ]
    assert "short batch" in told.numbers[0].note


def test_times_have_quartiles_and_a_mean(topic: Topic) -> None:
    question = Question.objects.filter(topic=topic).order_by("position")[0]
    answered(topic, MARKS)
    timed = Answer.objects.filter(version__question=question).order_by("pk")
    for answer, seconds in zip(timed, [10, 20, 30, 40, None, None], strict=True):
        Answer.objects.filter(pk=answer.pk).update(seconds=seconds)
    told = item_statistics(question, quiz(topic), first_only=True)
    assert told.times is not None
    assert (told.times.timed, told.times.median) == (4, 25)
    assert (told.times.lower, told.times.upper) == (15, 35)
    assert told.item.sums.mean_seconds == 25


def test_a_question_that_nobody_was_asked(topic: Topic) -> None:
    told = item_statistics(make_question(topic), quiz(topic), first_only=True)
    assert (told.item.sums.n, told.times, told.left_open) == (0, None, 0)
    assert [option.n for option in told.options] == [0, 0, 0, 0]
