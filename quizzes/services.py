"""What a learner does with an attempt: start, check, finish, train; to save is in `saving`.

Of two at once, the second changes nothing and sees the same result. An answer that was checked is
locked. The states and what moves them: `quizzes.lifecycle`.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import structlog
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.http import Http404

from accounts.learners import hold
from accounts.models import Learner
from database.prepared import Given, Select
from quizzes import lifecycle
from quizzes.behaviours import mastered
from quizzes.cards import IN_OPEN_TEST, remember_attempt
from quizzes.drafts import Draft, Wish, draft_of, wish_of
from quizzes.drawing import drawn, next_question
from quizzes.grading import Grade, earned, grade
from quizzes.kept_versions import dated, with_versions
from quizzes.kinds import BadResponse, checkable, no_question
from quizzes.lifecycle import Held
from quizzes.models import Answer, Attempt, Quiz
from quizzes.queries import asked_in_open_test, attempts_left
from quizzes.quotas import count_attempt, count_question
from quizzes.saving import (
    Known,
    Responses,
    accepted_at,
    is_current,
    is_draft_current,
    keep_draft,
    seconds_of,
)
from training_jobs.engine.plan import PlanError
from training_jobs.models import Run
from training_jobs.quotas import RunRefused
from training_jobs.services import request_run

log = structlog.get_logger("weightwise.quizzes")

OPEN = Attempt.State.OPEN
OPEN_IN_BOTH = "Some of these questions are in the test that you have open. Finish that one first."


class NothingToAsk(Http404):
    """The quiz has no question yet, so there is nothing to begin."""


class NoAttemptLeft(Exception):
    """The learner has finished as many attempts as the quiz allows."""


def start(quiz: Quiz, learner: Learner) -> Attempt:
    """The learner's open attempt at this quiz, begun now unless there is one.

    Raises NothingToAsk, because an attempt without questions would stay open, and empty, for good;
    NoAttemptLeft when the learner has used all that the quiz allows, and TooManyAttempts when they
    have begun as many as anyone may within an hour.
    """
    found = _open(quiz, learner)
    if found is not None and not finish_overdue(found):
        return found
    try:
        return _begin(quiz, learner)
    except IntegrityError as error:  # another tab was quicker; the database keeps it to one
        if (found := _open(quiz, learner)) is None:
            raise Http404("The learner has just been deleted.") from error
        return found


def _open(quiz: Quiz, learner: Learner) -> Attempt | None:
    """The learner's open attempt at this quiz."""
    found = _OPEN_ATTEMPT.first(quiz=quiz.pk, learner=learner.pk)
    if found is not None:
        found.quiz, found.learner = quiz, learner
    return found


@transaction.atomic
def _begin(quiz: Quiz, learner: Learner) -> Attempt:
    questions = drawn(quiz, learner)
    if not questions:
        raise NothingToAsk
    hold(learner)
    if attempts_left(quiz, learner) == 0:
        raise NoAttemptLeft
    count_attempt(learner)
    attempt = lifecycle.begin(quiz, learner)
    Answer.objects.bulk_create(
        Answer(attempt_id=attempt.pk, position=position, version_id=version.pk, order=order)
        for position, (version, order) in enumerate(questions, start=1)
    )
    return attempt


def _open_answers(attempt: Attempt) -> QuerySet[Answer]:
    return Answer.objects.filter(attempt=attempt, correct=None).order_by("position")


@transaction.atomic
def check(
    attempt: Attempt,
    position: int,
    response: Sequence[str],
    seconds: int = 0,
    draft: Draft | None = None,
    known: Known | None = None,
) -> Answer:
    """Grades one answer and locks it; the first check counts. Returns what is kept.

    The `draft` of what is typed for the run is kept beside it. In `attempt` is then the one that
    is kept or, where it is not open any more, why. Nothing is changed where something else was
    tried or saved that is not `known` to the page. What was tried just before, and was not right,
    is no new try.

    `seconds` is how long the question was looked at; 0 where the page cannot tell. Raises
    BadResponse, also when there is nothing to check yet.
    """
    held = lifecycle.held(attempt.pk)
    answer = attempt.answers.select_related("version").filter(position=position).first()
    if answer is None:
        raise BadResponse(no_question(position))
    # Before anything is compared: what was answered is withheld meanwhile.
    if asked_in_open_test(attempt.learner, answer.version.question_id):
        raise BadResponse(IN_OPEN_TEST)
    if held is None:
        attempt.refresh_from_db(fields=["state", "void_reason"])
        return answer
    kept = keep_draft(held, draft or {}, known, held.draft_seq + 1) or held
    attempt.draft, attempt.draft_seq = kept.draft, kept.draft_seq
    if answer.is_locked:
        return answer
    posted = accepted_at(position, answer.order, response)
    if _stands(answer, posted, known):
        return answer
    answer.response = posted
    if refusal := checkable(answer.version.facts, answer.response):
        raise BadResponse(refusal)
    answer.answered_at, answer.tries, answer.seq = Now(), answer.tries + 1, answer.seq + 1
    answer.seconds = seconds_of(held, answer.seconds, seconds)
    answer.save(update_fields=["response", "answered_at", "tries", "seq", "seconds"])
    right = grade(answer.version.facts, answer.response).correct
    if right or answer.tries >= attempt.quiz.tries_allowed:
        _grade([answer], attempt.quiz)
        remember_attempt(attempt)
        _go_on(attempt)
    return answer


def _stands(answer: Answer, posted: Sequence[str], known: Known | None) -> bool:
    """Whether the open answer stays as it is: it was tried so before, or is not `known`.

    What was saved and never tried, as by a finish that was refused, is checked all the same.
    """
    if answer.response == posted:
        return answer.tries > 0
    return bool(answer.response) and not is_current(answer, known, None)


def _go_on(attempt: Attempt) -> None:
    """After a check: an inline quiz ends with its last answer, mastery asks until it is reached."""
    quiz = attempt.quiz
    if attempt.answers.filter(correct=None).exists():
        return
    if quiz.kind == Quiz.Kind.INLINE:
        lifecycle.close(attempt)
    elif quiz.behaviour == Quiz.Behaviour.MASTERY and not _mastered(attempt):
        count_question(attempt.learner)
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
    seconds: Mapping[int, int] | None = None,
    seq: int | None = None,
    known: Known | None = None,
    seed: int | None = None,
    prediction: float | None = None,
) -> None:
    """Applies what was posted, grades all, writes the score and asks for the topic's run.

    What was saved meanwhile, as from another tab, stays: what is not `known` to the page that
    posts, or, if it does not tell, has its number `seq` or one above. When the time is up, what was
    saved before counts, and what is posted now does not. So it is with the run's seed and
    prediction. Raises BadResponse.
    """
    lifecycle.hold_learner(attempt)
    held = lifecycle.held(attempt.pk)
    if held is None:
        return
    late = lifecycle.is_overdue(held)
    open_answers = with_versions(list(dated(_open_answers(attempt))))
    wish = Wish(seed, prediction)
    if late or not is_draft_current(held, known, seq):
        wish = wish_of(held.draft, strict=not late)
    _refuse_while_tested(attempt, open_answers)
    taken = [
        answer
        for answer in open_answers
        if answer.position in responses and not late and is_current(answer, known, seq)
    ]
    changed = [answer for answer in taken if _tries(answer, responses[answer.position])]
    told = {} if late else seconds or {}
    looked_at = [answer for answer in open_answers if _is_longer(answer, told, held)]
    Answer.objects.bulk_update(changed, ["response", "answered_at", "tries"])
    Answer.objects.bulk_update(looked_at, ["seconds"])
    _grade(open_answers, attempt.quiz)
    lifecycle.close(attempt, timed_out=late)
    remember_attempt(attempt)
    run = _run_for(attempt, *wish)
    # Without a run, it can be asked for later.
    changes = {"run": run} if run else {"draft": draft_of(wish)}
    Attempt.objects.filter(id=attempt.id).update(**changes)


@transaction.atomic
def train(attempt: Attempt, *, seed: int | None = None, prediction: float | None = None) -> None:
    """Asks for the run that could not be had when the attempt was finished.

    Raises PlanError and RunRefused.
    """
    lifecycle.hold_learner(attempt)
    without = Attempt.objects.filter(id=attempt.id, state=Attempt.State.FINISHED, run=None)
    if without.exists():
        without.update(run=_request_run(attempt, seed, prediction))


def _refuse_while_tested(attempt: Attempt, answers: Iterable[Answer]) -> None:
    """Practice that ends explains what it asked, and a test that is open may ask the same."""
    questions = [answer.version.question_id for answer in answers]
    if attempt.quiz.kind != Quiz.Kind.TEST and asked_in_open_test(attempt.learner, *questions):
        raise BadResponse(OPEN_IN_BOTH)


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
    response = accepted_at(answer.position, answer.order, posted)
    if response == answer.response:
        return False
    answer.response, answer.answered_at = response, Now()
    if answer.tries:
        answer.tries += 1
    return True


def _is_longer(answer: Answer, told: Mapping[int, int], held: Held) -> bool:
    """Puts the seconds that were told into the answer; False when it has as many already."""
    before = answer.seconds
    answer.seconds = seconds_of(held, before, told.get(answer.position, 0))
    return answer.seconds != before


def _grade(answers: Iterable[Answer], quiz: Quiz) -> None:
    by_grade: defaultdict[Grade, list[int]] = defaultdict(list)
    for answer in answers:
        new = earned(answer.version.facts, answer.response, answer.tries, quiz.tries_allowed)
        by_grade[new].append(answer.pk)
    # There are fewer grades than answers, and an update of each is cheaper than one that tells
    # every row its own.
    for new, keys in by_grade.items():
        Answer.objects.filter(pk__in=keys).update(correct=new.correct, credit=new.credit)


def _run_for(attempt: Attempt, seed: int | None, prediction: float | None) -> Run | None:
    """The attempt's run; None when it cannot be had, because that must not cost the grade."""
    try:
        return _request_run(attempt, seed, prediction)
    except (PlanError, RunRefused) as error:
        experiment = attempt.quiz.topic.experiment.slug
        log.warning("run_refused", experiment=experiment, error=str(error))
        return None


def _request_run(attempt: Attempt, seed: int | None, prediction: float | None) -> Run:
    experiment, key = attempt.quiz.topic.experiment, f"attempt:{attempt.id}"
    return request_run(experiment, attempt.learner, key=key, seed=seed, prediction=prediction)


_OPEN_ATTEMPT = Select(
    lambda: Attempt.objects.filter(
        quiz=Given(Attempt, "quiz"), learner=Given(Attempt, "learner"), state=OPEN
    )
)
