"""Grades finished attempts again by a corrected key, in portions that keep nobody waiting.

What a learner saw stays as it was: an answer keeps its version. Only whose key graded it changes,
with the credit, the score, and a line that says why.

Locks are taken in one order: the question's first, then the regrading's, then those of `lifecycle`.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Now

from accounts.models import User
from database.portions import Pace
from quizzes import cards
from quizzes.grading import Grade, earned
from quizzes.models import Answer, Attempt, Question, QuestionVersion, Regrading, ScoreChange

FINISHED = Attempt.State.FINISHED
GOING, DONE, OVERTAKEN = Regrading.State.GOING, Regrading.State.DONE, Regrading.State.OVERTAKEN

# How many attempts, or cards, are changed in one transaction: a save meanwhile waits for no more.
PORTION = 50


class PreviewOutdated(Exception):
    """The change would no longer be the one that was shown: the question was published again, or
    attempts have been finished, removed or graded again since.
    """


@dataclass(frozen=True)
class Regraded:
    """An attempt whose score the question's present key changes, by these of its answers."""

    attempt: Attempt
    answers: list[tuple[Answer, Grade]]

    @property
    def before(self) -> float:
        return self.attempt.score or 0.0

    @property
    def after(self) -> float:
        return self.before + sum(
            new.credit - (answer.credit or 0.0) for answer, new in self.answers
        )


def affected(question: Question) -> list[Regraded]:
    """The finished attempts in which the question's present key credits an answer differently."""
    related = ("attempt__quiz__topic", "attempt__learner__user")
    return _affected(question, _older(question).select_related(*related))


def _affected(question: Question, answers: Iterable[Answer]) -> list[Regraded]:
    if question.version is None:
        return []
    found: dict[UUID, Regraded] = {}
    for answer in answers:
        attempt, allowed = answer.attempt, answer.attempt.quiz.tries_allowed
        new = earned(question.version.facts, answer.response, answer.tries, allowed)
        if new.credit != answer.credit:
            found.setdefault(attempt.pk, Regraded(attempt, [])).answers.append((answer, new))
    return list(found.values())


def _older(question: Question) -> QuerySet[Answer]:
    """Answers that another version's key has graded last."""
    by_its_own = Q(graded_by=None) & ~Q(version=question.version)
    by_a_later = Q(graded_by__isnull=False) & ~Q(graded_by=question.version)
    answers = Answer.objects.filter(by_its_own | by_a_later, version__question=question)
    return answers.filter(attempt__state=FINISHED, correct__isnull=False)


def agreement(found: Iterable[Regraded]) -> str:
    """A digest of what a preview has shown, which changes with any attempt or score."""
    lines = sorted(f"{item.attempt.pk} {item.before:.6f} {item.after:.6f}" for item in found)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def begin(question: Question, number: int, agreed: str, reason: str, author: User) -> Regrading:
    """Begins to apply the key of version `number`, the one that was previewed.

    `agreed` is the digest of the list that was shown. If two people confirm at once, the second
    joins what the first has begun. Raises PreviewOutdated.
    """
    question = Question.objects.select_related("version").get(pk=question.pk)
    going = question.regradings.filter(state=GOING, version=question.version).first()
    if going is not None and going.version.number == number:
        return going
    found = affected(question)
    if agreed != agreement(found):
        raise PreviewOutdated
    with transaction.atomic():
        version = _held(question.pk).version
        if version is None or version != question.version or version.number != number:
            raise PreviewOutdated
        _overtake(question.regradings.exclude(version=version))
        keys = [str(item.attempt.pk) for item in found]
        wanted = {"reason": reason, "author": author, "attempts": keys, "total": len(keys)}
        return question.regradings.get_or_create(state=GOING, version=version, defaults=wanted)[0]


def _held(question_id: int) -> Question:
    """The question, locked: in this transaction nobody else publishes it or grades it again.

    A new card that refers to it need not wait.
    """
    rows = Question.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("version").get(pk=question_id)


def _overtake(regradings: QuerySet[Regrading]) -> None:
    regradings.filter(state=GOING).update(state=OVERTAKEN, attempts=[], ended_at=Now())


def going_on() -> QuerySet[Regrading]:
    """The regradings that have not ended, oldest first."""
    return Regrading.objects.filter(state=GOING)


def go_on(regrading: Regrading, *, most: int) -> None:
    """Does at most `most` portions, and updates `regrading` with its progress."""
    pace = Pace("regraded", PORTION, first=PORTION)
    for _ in range(most):
        with pace.portion() as size:
            _next_portion(regrading, size)
        # Not the list of attempts, which may be long and does not change.
        regrading.refresh_from_db(fields=["state", "done", "changed", "cards_after", "ended_at"])
        if not regrading.is_going:
            return
        pace.filled()


@transaction.atomic
def _next_portion(regrading: Regrading, size: int) -> None:
    question = _held(regrading.question_id)
    if question.version_id != regrading.version_id:
        # The rest was previewed with an older key.
        _overtake(Regrading.objects.filter(pk=regrading.pk))
    elif regrading.done < regrading.total:
        _grade_attempts(question, regrading, size)
    else:
        _grade_cards(question, regrading, size)


def _takes_turn(regrading: Regrading, **changes: object) -> bool:
    """Takes the next portion; False if another process has taken it, and nothing may be changed."""
    here = Regrading.objects.filter(
        pk=regrading.pk, state=GOING, done=regrading.done, cards_after=regrading.cards_after
    )
    return here.update(**changes) == 1


def _grade_attempts(question: Question, regrading: Regrading, size: int) -> None:
    until = min(regrading.done + size, regrading.total)
    keys = regrading.attempts[regrading.done : until]
    if not _takes_turn(regrading, done=until):
        return
    # Locked before they are read: another question's key may be corrected at the same time.
    held = Attempt.objects.select_for_update().filter(pk__in=keys, state=FINISHED).order_by("pk")
    before = {attempt.pk: attempt.score or 0.0 for attempt in held}
    answers = _older(question).filter(attempt__in=list(before)).select_related("attempt__quiz")
    found = _affected(question, answers)
    changed = _apply(found, regrading.version)
    _note(regrading, {item.attempt.pk: before[item.attempt.pk] for item in found})
    cards.remember(Answer.objects.filter(pk__in=changed))
    Regrading.objects.filter(pk=regrading.pk).update(changed=F("changed") + len(found))


def _apply(found: Sequence[Regraded], version: QuestionVersion) -> list[int]:
    """Writes the new grades and scores; returns the keys of the answers that changed."""
    by_grade: defaultdict[Grade, list[int]] = defaultdict(list)
    for item in found:
        for answer, new in item.answers:
            by_grade[new].append(answer.pk)
    for new, keys in by_grade.items():
        Answer.objects.filter(pk__in=keys).update(
            correct=new.correct, credit=new.credit, graded_by=version
        )
    graded = Answer.objects.filter(attempt=OuterRef("pk")).order_by().values("attempt")
    total = graded.annotate(total=Sum("credit")).values("total")
    attempts = Attempt.objects.filter(pk__in=[item.attempt.pk for item in found])
    attempts.update(score=Subquery(total))
    return [key for keys in by_grade.values() for key in keys]


def _note(regrading: Regrading, before: dict[UUID, float]) -> None:
    """A line for each score that has changed, which its learner reads."""
    after = dict(Attempt.objects.filter(pk__in=before).values_list("pk", "score"))
    ScoreChange.objects.bulk_create(
        ScoreChange(
            attempt_id=attempt,
            version_id=regrading.version_id,
            score_before=score,
            score_after=after[attempt] or 0.0,
            reason=regrading.reason,
            author_id=regrading.author_id,
        )
        for attempt, score in before.items()
    )


def _grade_cards(question: Question, regrading: Regrading, size: int) -> None:
    """After the attempts: the reviews of the question."""
    last = cards.grade_again(question, after=regrading.cards_after, most=size)
    ended = {"state": DONE, "attempts": [], "ended_at": Now()}
    _takes_turn(regrading, **(ended if last is None else {"cards_after": last}))
