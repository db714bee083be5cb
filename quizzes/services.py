"""Every change of an attempt: start, save, check, finish.

    open -> finished

An attempt is finished once, in one transaction; who comes second changes nothing and sees the same
result. An answer that was checked is locked.
"""

from collections.abc import Mapping, Sequence

import structlog
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.http import Http404

from accounts.models import Learner
from quizzes.drawing import drawn
from quizzes.grading import grade
from quizzes.models import Answer, Attempt, Quiz
from training_jobs.engine.plan import PlanError
from training_jobs.models import Run
from training_jobs.quotas import RunRefused
from training_jobs.services import request_run

log = structlog.get_logger("weightwise.quizzes")

OPEN, FINISHED = Attempt.State.OPEN, Attempt.State.FINISHED


class UnknownChoice(ValueError):
    """The response names an option that the question does not have."""


class NothingToAsk(Http404):
    """The quiz has no question yet, so there is nothing to begin."""


def start(quiz: Quiz, learner: Learner) -> Attempt:
    """The learner's open attempt at this quiz, begun now unless there is one.

    Raises NothingToAsk: an attempt without questions would stay open, and empty, for good.
    """
    attempts = Attempt.objects.select_related("quiz__topic")
    found = attempts.filter(quiz=quiz, learner=learner, state=OPEN).first()
    if found is not None:
        return found
    try:
        return _begin(quiz, learner)
    except IntegrityError:  # another tab was quicker; the database keeps it to one
        return attempts.get(quiz=quiz, learner=learner, state=OPEN)


@transaction.atomic
def _begin(quiz: Quiz, learner: Learner) -> Attempt:
    questions = drawn(quiz)
    if not questions:
        raise NothingToAsk
    attempt = Attempt.objects.create(quiz=quiz, learner=learner)
    Answer.objects.bulk_create(
        Answer(attempt=attempt, position=position, version=version, order=order)
        for position, (version, order) in enumerate(questions, start=1)
    )
    return attempt


def _held(attempt: Attempt) -> bool:
    """Locks the attempt for this transaction; False when it is no longer open."""
    # On SQLite select_for_update does nothing, and IMMEDIATE transactions do its work.
    return Attempt.objects.select_for_update().filter(id=attempt.id, state=OPEN).first() is not None


def _verified(answer: Answer, response: Sequence[str]) -> list[str]:
    unknown = set(response) - set(answer.order)
    if unknown:
        raise UnknownChoice(f"Question {answer.position} has no option {sorted(unknown)[0]!r}.")
    return list(response)


@transaction.atomic
def save(attempt: Attempt, responses: Mapping[int, Sequence[str]], seq: int) -> list[int]:
    """Keeps responses by position, where `seq` is newer than what is kept.

    Returns the positions where something else was kept with a newer `seq`, as from another tab:
    those responses are passed over, and whoever sent them should be told. An attempt that has
    ended passes over all. Raises UnknownChoice.
    """
    if not _held(attempt):
        return sorted(responses)
    answers = list(attempt.answers.filter(position__in=responses, correct=None))
    for answer in answers:
        _verified(answer, responses[answer.position])
    newer = [answer for answer in answers if answer.seq < seq]
    for answer in newer:
        answer.response = list(responses[answer.position])
        answer.seq, answer.answered_at = seq, Now()
    Answer.objects.bulk_update(newer, ["response", "seq", "answered_at"])
    return [
        answer.position for answer in answers if answer.response != list(responses[answer.position])
    ]


@transaction.atomic
def check(attempt: Attempt, position: int, response: Sequence[str]) -> None:
    """Grades one answer and locks it; the first check counts. Raises UnknownChoice."""
    if not _held(attempt):
        return
    answer = attempt.answers.select_related("version").filter(position=position).first()
    if answer is None or answer.is_locked:
        return
    chosen = _verified(answer, response)
    correct = grade(answer.version.facts, chosen).correct
    attempt.answers.filter(id=answer.id, correct=None).update(
        response=chosen, correct=correct, answered_at=Now()
    )
    if attempt.quiz.kind == Quiz.Kind.INLINE and not attempt.answers.filter(correct=None).exists():
        _close(attempt)


@transaction.atomic
def finish(
    attempt: Attempt,
    responses: Mapping[int, Sequence[str]],
    *,
    seq: int | None = None,
    seed: int | None = None,
    prediction: float | None = None,
) -> None:
    """Applies what was posted, grades all, writes the score and asks for the topic's run.

    What was saved with a number above `seq`, the number of the page that posts, stays.
    """
    if not _held(attempt):
        return
    posted = {position: response for position, response in responses.items() if response}
    for answer in attempt.answers.select_related("version").filter(correct=None):
        if answer.position in posted and (seq is None or answer.seq <= seq):
            answer.response = _verified(answer, posted[answer.position])
        answer.correct = grade(answer.version.facts, answer.response).correct
        answer.save(update_fields=["response", "correct"])
    _close(attempt)
    run = _run_for(attempt, seed, prediction)
    Attempt.objects.filter(id=attempt.id).update(run=run)


def _run_for(attempt: Attempt, seed: int | None, prediction: float | None) -> Run | None:
    """The attempt's run; None when it cannot be had, because that must not cost the grade."""
    experiment, key = attempt.quiz.topic.experiment, f"attempt:{attempt.id}"
    try:
        return request_run(experiment, attempt.learner, key=key, seed=seed, prediction=prediction)
    except (PlanError, RunRefused) as error:
        log.warning("run_refused", experiment=experiment.slug, error=str(error))
        return None


def _close(attempt: Attempt) -> None:
    right = attempt.answers.filter(correct=True).count()
    closed = Attempt.objects.filter(id=attempt.id, state=OPEN).update(
        state=FINISHED, finished_at=Now(), score=right
    )
    if closed != 1:
        raise RuntimeError(f"Attempt {attempt.id} was closed by someone who did not hold it.")
