"""Finishing an attempt: graded once, with one run, however often it is asked for."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from quizzes import saving, services
from quizzes.kinds import BadResponse
from quizzes.models import Attempt
from tests.factories import answers, keyed, make_learner, make_topic, mistaken, quiz
from tests.patience import LAST_RESORT
from training_jobs.models import Experiment, Run, RunEvent


def started(questions: int = 3) -> Attempt:
    topic = make_topic(practice=questions)
    return services.start(quiz(topic, "test"), make_learner())


@pytest.mark.django_db
def test_it_applies_what_was_posted_and_grades_the_rest_as_wrong() -> None:
    attempt = started()
    first, second, _ = answers(attempt)
    saving.save(attempt, {1: mistaken(first)}, seq=1)
    services.finish(attempt, {1: keyed(first), 2: mistaken(second)})
    attempt.refresh_from_db()
    assert (attempt.state, attempt.score) == ("finished", 1)
    assert attempt.finished_at is not None
    assert [answer.correct for answer in answers(attempt)] == [True, False, False]
    assert answers(attempt)[2].response == []


@pytest.mark.django_db
def test_what_was_saved_counts_without_being_posted_again() -> None:
    attempt = started()
    saving.save(attempt, {a.position: keyed(a) for a in answers(attempt)}, seq=1)
    services.finish(attempt, {})
    attempt.refresh_from_db()
    assert attempt.score == 3


@pytest.mark.django_db
def test_it_asks_for_the_topics_run_with_the_learners_own_seed() -> None:
    attempt = started()
    services.finish(attempt, {}, prediction=0.9)
    attempt.refresh_from_db()
    run = Run.objects.get()
    assert attempt.run == run
    assert (run.experiment, run.learner) == (attempt.quiz.topic.experiment, attempt.learner)
    assert (run.plan["seed"], run.prediction) == (attempt.learner.seed, 0.9)
    assert run.state == Run.State.QUEUED


@pytest.mark.django_db
def test_the_seed_can_be_changed() -> None:
    attempt = started()
    services.finish(attempt, {}, seed=0)
    run = Run.objects.get()
    assert (run.plan["seed"], run.prediction) == (0, None)


@pytest.mark.django_db
def test_a_second_finish_is_harmless() -> None:
    attempt = started()
    services.finish(attempt, {}, seed=1)
    first = Attempt.objects.get()
    services.finish(attempt, {a.position: keyed(a) for a in answers(attempt)}, seed=2)
    again = Attempt.objects.get()
    assert (again.score, again.finished_at, again.run) == (0, first.finished_at, first.run)
    assert Run.objects.get().plan["seed"] == 1


@pytest.mark.django_db
def test_a_run_that_cannot_be_had_does_not_cost_the_grade() -> None:
    attempt = started()
    Experiment.objects.update(plan={})
    first = answers(attempt)[0]
    services.finish(Attempt.objects.get(), {1: keyed(first)})
    attempt.refresh_from_db()
    assert (attempt.state, attempt.score, attempt.run) == ("finished", 1, None)


@pytest.mark.django_db
def test_each_attempt_has_a_run_of_its_own() -> None:
    first = started()
    services.finish(first, {}, seed=1)
    second = services.start(first.quiz, first.learner)
    services.finish(second, {}, seed=2)
    runs = Attempt.objects.values_list("run", flat=True)
    assert len(set(runs)) == Run.objects.count() == 2


@pytest.mark.django_db
def test_an_unknown_option_finishes_nothing() -> None:
    attempt = started()
    first = answers(attempt)[0]
    with pytest.raises(BadResponse):
        services.finish(attempt, {1: keyed(first), 2: ["ffffff"]})
    attempt.refresh_from_db()
    assert (attempt.state, attempt.score, attempt.run) == ("open", None, None)
    assert [answer.correct for answer in answers(attempt)] == [None, None, None]
    assert not Run.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_give_one_grade_and_one_run() -> None:
    attempt = started()
    first, *_ = answers(attempt)
    posts = [{1: keyed(first)}, {1: mistaken(first)}]
    gate = Barrier(20)

    def finish(number: int) -> tuple[object, ...]:
        gate.wait(LAST_RESORT)
        try:
            services.finish(attempt, posts[number % 2], seed=number)
            done = Attempt.objects.get(pk=attempt.pk)
            return done.state, done.score, done.run_id, done.finished_at
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as posting:
        seen = list(posting.map(finish, range(20)))
    assert len(set(seen)) == 1
    run = Run.objects.get()
    assert seen[0][:3] == ("finished", [1, 0][run.plan["seed"] % 2], run.pk)
    assert RunEvent.objects.filter(run=run).count() == 1
