"""What a learner does with an attempt: start it, save, check one answer, finish.

Who comes second changes nothing and sees the same result. An answer that was checked is locked. The
states and what moves them: `quizzes.lifecycle`.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

import structlog
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.http import Http404

from accounts.models import Learner
from quizzes import lifecycle
from quizzes.behaviours import mastered, share
from quizzes.cards import remember_attempt
from quizzes.drawing import drawn, next_question
from quizzes.grading import grade
from quizzes.kinds import BadResponse, accepted, checkable
from quizzes.models import Answer, Attempt, Quiz
from quizzes.queries import asked_in_open_test, attempts_left
from training_jobs.engine.plan import PlanError
from training_jobs.models import Run
from training_jobs.quotas import RunRefused
from training_jobs.services import request_run

log = structlog.get_logger("weightwise.quizzes")

OPEN = Attempt.State.OPEN
IN_OPEN_TEST = "This question is in the test that you have open. Finish it, then check this one."
Responses = Mapping[int, Sequence[str]]


class NothingToAsk(Http404):
    """The quiz has no question yet, so there is nothing to begin."""


class NoAttemptLeft(Exception):
    """The learner has finished as many attempts as the quiz allows."""


def start(quiz: Quiz, learner: Learner) -> Attempt:
    """The learner's open attempt at this quiz, begun now unless there is one.

    Raises NothingToAsk, because an attempt without questions would stay open, and empty, for good;
    and NoAttemptLeft when the learner has used all that the quiz allows.
    """
    attempts = Attempt.objects.select_related("quiz__topic")
    found = attempts.filter(quiz=quiz, learner=learner, state=OPEN).first()
    if found is not None and not finish_overdue(found):
        return found
    try:
        return _begin(quiz, learner)
    except IntegrityError:  # another tab was quicker; the database keeps it to one
        return attempts.get(quiz=quiz, learner=learner, state=OPEN)


@transaction.atomic
def _begin(quiz: Quiz, learner: Learner) -> Attempt:
    questions = drawn(quiz, learner)
    if not questions:
        raise NothingToAsk
    if attempts_left(quiz, learner) == 0:
        raise NoAttemptLeft
    attempt = lifecycle.begin(quiz, learner)
    Answer.objects.bulk_create(
        Answer(attempt=attempt, position=position, version=version, order=order)
        for position, (version, order) in enumerate(questions, start=1)
    )
    return attempt


@transaction.atomic
def save(
    attempt: Attempt, responses: Responses, seq: int, flags: Collection[int] | None = None
) -> list[int]:
    """Keeps responses by position, where `seq` is newer than what is kept.

    With `flags`, the questions at these positions are flagged, and no others.

    Returns the positions where something else was kept with a newer `seq`, as from another tab:
    those responses are passed over, and whoever sent them should be told. An attempt that has
    ended passes over all. Raises BadResponse.
    """
    held = lifecycle.held(attempt)
    if held is None or lifecycle.is_overdue(held):
        return sorted(responses)
    answers = list(attempt.answers.filter(correct=None))
    kept = {
        answer.position: _accepted(answer, responses[answer.position])
        for answer in answers
        if answer.position in responses
    }
    # A page sends all its questions, and one of them has changed; those that are not on it stay.
    newer = [answer for answer in answers if answer.seq < seq]
    changed = [
        answer
        for answer in newer
        if _takes(answer, kept.get(answer.position, answer.response), flags)
    ]
    Answer.objects.bulk_update(changed, ["response", "answered_at", "flagged"])
    spoken_for = {answer.pk for answer in newer if answer.position in kept or answer in changed}
    Answer.objects.filter(pk__in=spoken_for).update(seq=seq)
    return [
        answer.position
        for answer in answers
        if answer.position in kept and answer.response != kept[answer.position]
    ]


def _takes(answer: Answer, response: list[str], flags: Collection[int] | None) -> bool:
    """Puts response and flag into the answer; False when it has them already."""
    before = answer.response, answer.flagged
    if answer.response != response:
        answer.response, answer.answered_at = response, Now()
    if flags is not None:
        answer.flagged = answer.position in flags
    return before != (answer.response, answer.flagged)


@transaction.atomic
def check(attempt: Attempt, position: int, response: Sequence[str]) -> None:
    """Grades one answer and locks it; the first check counts.

    Raises BadResponse, also when there is nothing to check yet.
    """
    if lifecycle.held(attempt) is None:
        return
    answer = attempt.answers.select_related("version").filter(position=position).first()
    if answer is None or answer.is_locked:
        return
    answer.response = _accepted(answer, response)
    if asked_in_open_test(attempt.learner_id, answer.version.question_id):
        raise BadResponse(IN_OPEN_TEST)
    if refusal := checkable(answer.version.facts, answer.response):
        raise BadResponse(refusal)
    answer.answered_at, answer.tries = Now(), answer.tries + 1
    answer.save(update_fields=["response", "answered_at", "tries"])
    right = grade(answer.version.facts, answer.response).correct
    if right or answer.tries >= attempt.quiz.tries_allowed:
        _grade([answer], attempt.quiz)
        remember_attempt(attempt)
        _go_on(attempt)


def _go_on(attempt: Attempt) -> None:
    """After a check: an inline quiz ends with its last answer, mastery asks until it is reached."""
    quiz = attempt.quiz
    if attempt.answers.filter(correct=None).exists():
        return
    if quiz.kind == Quiz.Kind.INLINE:
        lifecycle.close(attempt)
    elif quiz.behaviour == Quiz.Behaviour.MASTERY and not _mastered(attempt):
        last = attempt.answers.order_by("-position")[0]
        version, order = next_question(quiz, attempt.learner, last)
        attempt.answers.create(position=last.position + 1, version=version, order=order)


def _mastered(attempt: Attempt) -> bool:
    results = attempt.answers.order_by("position").values_list("correct", flat=True)
    return mastered(
        [bool(result) for result in results], attempt.quiz.mastery_right, attempt.quiz.mastery_of
    )


@transaction.atomic
def finish(
    attempt: Attempt,
    responses: Responses,
    *,
    seq: int | None = None,
    seed: int | None = None,
    prediction: float | None = None,
) -> None:
    """Applies what was posted, grades all, writes the score and asks for the topic's run.

    What was saved with the number `seq` of the page that posts, or above, came from another one and
    stays. When the time is up, what was saved before counts, and what is posted now does not.
    Raises BadResponse.
    """
    held = lifecycle.held(attempt)
    if held is None:
        return
    late = lifecycle.is_overdue(held)
    open_answers = list(attempt.answers.select_related("version").filter(correct=None))
    taken = [
        answer
        for answer in open_answers
        if answer.position in responses and not late and (seq is None or answer.seq < seq)
    ]
    changed = [answer for answer in taken if _tries(answer, responses[answer.position])]
    Answer.objects.bulk_update(changed, ["response", "answered_at", "tries"])
    _grade(open_answers, attempt.quiz)
    lifecycle.close(attempt, timed_out=late)
    remember_attempt(attempt)
    run = _run_for(attempt, seed, prediction)
    Attempt.objects.filter(id=attempt.id).update(run=run)


def finish_overdue(attempt: Attempt) -> bool:
    """Finishes the attempt if it is open although its time is up; False if it is not."""
    if not lifecycle.is_overdue(attempt):
        return False
    finish(attempt, {})
    return True


def _tries(answer: Answer, posted: Sequence[str]) -> bool:
    """Puts what was posted into the answer; False when it was there already.

    In the place of a response that was checked and found wrong, it is one more try.
    """
    changed = _takes(answer, _accepted(answer, posted), None)
    if changed and answer.tries:
        answer.tries += 1
    return changed


def _accepted(answer: Answer, response: Sequence[str]) -> list[str]:
    try:
        return accepted(answer.order, response)
    except BadResponse as error:
        raise BadResponse(f"Question {answer.position}: {error}") from error


def _grade(answers: Iterable[Answer], quiz: Quiz) -> None:
    by_grade: defaultdict[tuple[bool, float], list[int]] = defaultdict(list)
    for answer in answers:
        graded = grade(answer.version.facts, answer.response)
        credit = graded.credit * share(max(answer.tries, 1), quiz.tries_allowed)
        by_grade[graded.correct, credit].append(answer.pk)
    # There are fewer grades than answers, and an update of each is cheaper than one that tells
    # every row its own.
    for (correct, credit), keys in by_grade.items():
        Answer.objects.filter(pk__in=keys).update(correct=correct, credit=credit)


def _run_for(attempt: Attempt, seed: int | None, prediction: float | None) -> Run | None:
    """The attempt's run; None when it cannot be had, because that must not cost the grade."""
    experiment, key = attempt.quiz.topic.experiment, f"attempt:{attempt.id}"
    try:
        return request_run(experiment, attempt.learner, key=key, seed=seed, prediction=prediction)
    except (PlanError, RunRefused) as error:
        log.warning("run_refused", experiment=experiment.slug, error=str(error))
        return None
