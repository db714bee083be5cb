"""What the platform keeps of a learner: its download, and its deletion."""

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Model, QuerySet
from django.utils import timezone

from accounts.kept import kept_of
from accounts.learners import person_of
from accounts.models import Learner, User
from accounts.sessions import sign_out_everywhere
from authoring.visible import plain
from database.portions import delete_in_portions
from quizzes.lifecycle import hold_all
from quizzes.models import Answer, Attempt, Card, LessonRead
from quizzes.reviewing import review_of
from quizzes.showing import ShownQuestion, shown
from quizzes.tested import tested_questions, withheld_in
from training_jobs.lifecycle import forget_history
from training_jobs.models import Run
from training_jobs.queries import runs_of
from training_jobs.services import cancel_run

# How many runs, or attempts with their answers, are removed in one transaction.
PORTION = 100


def exported(learner: Learner | None, user: User | None = None) -> dict[str, Any]:
    """All of it as JSON values; of an answer as much as the learner may see in its review now.

    An account that has done nothing yet is a `user` without a learner. What of a person is kept for
    others, such as an entry in the admin's log, is not the person's.
    """
    tested = tested_questions(person_of(learner)) if learner else {}
    return {
        "learner": None if learner is None and user is None else _about(learner, user),
        "attempts": list(_attempts(learner, tested)),
        "reviews": list(_reviews(learner, tested)),
        "lessons_read": [
            {"topic": read.lesson.topic.slug, "mode": read.lesson.mode, "at": read.at}
            for read in LessonRead.objects.filter(learner=learner).select_related("lesson__topic")
        ],
        "runs": [
            {
                "id": str(run.pk),
                "experiment": run.experiment.slug,
                "state": run.state,
                "diverged_at": run.diverged_at,
                "queued": run.created_at,
                "ended": run.ended_at,
                "prediction": run.prediction,
                "plan": run.plan,
                "result": run.result,
            }
            for run in runs_of(learner)
        ],
    }


def _about(learner: Learner | None, user: User | None) -> dict[str, Any]:
    user = learner.user if learner is not None else user
    about: dict[str, Any] = {"account": None if user is None else kept_of(user)}
    if learner is not None:
        about |= {
            "seed": learner.seed,
            "since": learner.created_at,
            "last_seen": learner.seen_at,
            "address": learner.address,
        }
    return about


def _attempts(learner: Learner | None, tested: Mapping[int, UUID]) -> Iterable[dict[str, Any]]:
    answers = Answer.objects.filter(attempt__learner=learner).select_related(
        "attempt__quiz__topic", "version", "graded_by"
    )
    in_order = answers.order_by("attempt__started_at", "attempt", "position")
    with_changes = in_order.prefetch_related("attempt__score_changes") if learner else []
    for attempt, its_own in groupby(with_changes, key=lambda answer: answer.attempt):
        yield _attempt(attempt, list(its_own), tested)


def _reviews(learner: Learner | None, tested: Mapping[int, UUID]) -> Iterable[dict[str, Any]]:
    """The questions that come back, each with every time that it was answered."""
    cards = Card.objects.filter(learner=learner).select_related("question__version")
    for card in cards.prefetch_related("recalls").order_by("pk"):
        version = card.question.version
        yield {
            "question": plain(version.facts.stem) if version else "",
            # After a right answer it is later than after a wrong one.
            "due": None if card.question_id in tested else card.due_at,
            "answered": [
                {
                    "at": recall.at,
                    # It tells whether the answer was right.
                    "rating": None if card.question_id in tested else recall.get_rating_display(),
                    "where": "review" if recall.version_id else "quiz",
                }
                for recall in card.recalls.all()
            ],
        }


def _attempt(attempt: Attempt, answers: list[Answer], tested: Mapping[int, UUID]) -> dict[str, Any]:
    review, tries = review_of(attempt, timezone.now()), attempt.quiz.tries_allowed
    asked = withheld_in([shown(answer, review, tries) for answer in answers], tested)
    return {
        "id": str(attempt.pk),
        "topic": attempt.quiz.topic.slug,
        "quiz": attempt.quiz.kind,
        "state": attempt.state,
        "started": attempt.started_at,
        "finished": attempt.finished_at,
        "ended_by_the_clock": attempt.timed_out,
        "void_because": attempt.void_reason,
        "typed_for_the_run": attempt.draft,
        "score": attempt.score if review.marks else None,
        "graded_again": [
            {
                "at": change.created_at,
                "because": change.reason,
                "score_before": change.score_before if review.marks else None,
                "score_after": change.score_after if review.marks else None,
            }
            for change in attempt.score_changes.all()
        ],
        "questions": [
            _question(question, answer.answered_at)
            for question, answer in zip(asked, answers, strict=True)
        ],
    }


def _question(question: ShownQuestion, answered_at: Any) -> dict[str, Any]:
    chosen = [plain(choice.html) for choice in question.choices if choice.chosen]
    answer = chosen or ([question.typed] if question.typed else [])
    return {
        "question": plain(question.stem),
        "withheld_until_the_open_test_is_finished": question.is_withheld,
        "answer": None if question.is_withheld else answer,
        "right": question.correct,
        "credit": question.credit,
        "flagged": question.flagged,
        "answered": answered_at,
        "seconds": question.seconds,
    }


def forget(learner: Learner) -> None:
    """Removes the learner with attempts and runs, and the account if there is one, for good.

    Most of it goes in portions, so that others can write meanwhile. If it is interrupted, asking
    again removes the rest. A run that is being trained stops: its worker finds that it no longer
    holds it.
    """
    if learner.user is not None:
        sign_out_everywhere(learner.user)
    _log_of(learner).delete()
    _forget_work(learner)
    _forget_rest(learner)


def _forget_work(learner: Learner) -> None:
    """What has ended, which may be thousands of rows; what is open is still to be stopped."""
    ended = Run.objects.filter(learner=learner, ended_at__isnull=False)
    for run in ended.filter(last_seq__gt=0):
        forget_history(run)
    delete_in_portions(ended, PORTION)
    attempts = Attempt.objects.filter(learner=learner).exclude(state=Attempt.State.OPEN)
    delete_in_portions(attempts, PORTION, lambda: hold_all(learner))


@transaction.atomic
def _forget_rest(learner: Learner) -> None:
    hold_all(learner)
    for run in runs_of(learner).filter(ended_at=None):
        cancel_run(run)
    user = learner.user
    _log_of(learner).delete()
    learner.delete()
    if user is not None:
        _forget_user(user)


def forget_account(user: User) -> None:
    """Removes the account, its sessions, and its traces in the admin's log."""
    sign_out_everywhere(user)
    _forget_user(user)


@transaction.atomic
def _forget_user(user: User) -> None:
    _forget_log(User, [user.pk])
    _forget_log(EmailAddress, EmailAddress.objects.filter(user=user).values_list("pk", flat=True))
    _forget_log(Authenticator, Authenticator.objects.filter(user=user).values_list("pk", flat=True))
    user.delete()


def _forget_log(model: type[Model], keys: Iterable[object]) -> None:
    """Removes the admin's log entries about these rows, which name them."""
    logged = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(model))
    logged.filter(object_id__in=[str(key) for key in keys]).delete()


def _log_of(learner: Learner) -> QuerySet[LogEntry]:
    """What the admin's log tells of the learner's attempts: it names whose they were."""
    keys = [str(key) for key in learner.attempts.values_list("pk", flat=True)]
    logged = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(Attempt))
    return logged.filter(object_id__in=keys)
