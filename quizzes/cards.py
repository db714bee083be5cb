"""Missed questions come back: what makes a card, what moves it, and what takes it away.

A card is its recalls; `settle` says when it is due by them. So an answer that is graded again, or
no longer counts, changes its recall, and the card is as if it had always been so. Of two at once,
the second changes nothing and sees the same. What a quiz's review hides makes or moves no card.
All but `answer` and `rate` belong in the transaction that grades, voids or claims.
"""

from collections.abc import Collection, Iterable, Sequence
from itertools import groupby
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import Learner
from quizzes.grading import grade
from quizzes.kept_versions import dated, with_versions
from quizzes.kinds import BadResponse, accepted, checkable, is_unreadable
from quizzes.models import Answer, Attempt, Card, Question, QuestionVersion, Recall
from quizzes.queries import asked_in_open_test
from quizzes.reviewing import tells_always
from quizzes.showing import settled_order
from quizzes.spacing import RIGHT, due_after

AGAIN, GOOD = Recall.Rating.AGAIN, Recall.Rating.GOOD
IN_OPEN_TEST = "This question is in the test that you have open. Finish it, then answer this one."


def remember_attempt(attempt: Attempt) -> None:
    """Takes what has been graded in the attempt into its learner's cards; twice is harmless."""
    remember(Answer.objects.filter(attempt=attempt, recall=None))


def remember(answers: QuerySet[Answer]) -> None:
    """A missed question becomes a card; any answer to a question that is one is a recall of it.

    A question is missed if its answer did not get full credit. An empty answer says nothing about
    a memory, and neither does one that cannot be read, such as a word in place of a number.
    """
    graded = answers.filter(correct__isnull=False).exclude(attempt__state=Attempt.State.VOID)
    rows = with_versions(list(dated(graded.select_related("attempt__quiz"))))
    given = [row for row in rows if _is_answered(row) and tells_always(row.attempt.quiz)]
    missed = {_whose(answer) for answer in given if _rating(answer) == AGAIN}
    # One that another request makes at this moment is the same one.
    Card.objects.bulk_create(
        [Card(learner_id=learner, question_id=question) for learner, question in sorted(missed)],
        ignore_conflicts=True,
    )
    wanted = {_whose(answer) for answer in given}
    cards = {(card.learner_id, card.question_id): card for card in _held(_of(wanted))}
    recalls = [
        Recall(
            card=cards[_whose(answer)],
            answer=answer,
            rating=_rating(answer),
            at=answer.answered_at or answer.attempt.finished_at or timezone.now(),
        )
        for answer in given
        if _whose(answer) in cards
    ]
    Recall.objects.bulk_create(
        recalls, update_conflicts=True, unique_fields=["answer"], update_fields=["rating"]
    )
    settle({recall.card for recall in recalls})


def _is_answered(answer: Answer) -> bool:
    return bool(answer.response) and not is_unreadable(answer.version.facts, answer.response)


def _whose(answer: Answer) -> tuple[UUID, int]:
    return answer.attempt.learner_id, answer.version.question_id


def _rating(answer: Answer) -> int:
    return GOOD if answer.credit == 1 else AGAIN


def _of(wanted: Collection[tuple[UUID, int]]) -> QuerySet[Card]:
    """Cards of these learners and questions: all that are wanted, and among many learners more."""
    learners, questions = {learner for learner, _ in wanted}, {question for _, question in wanted}
    return Card.objects.filter(learner__in=learners, question__in=questions)


def _held(cards: QuerySet[Card]) -> list[Card]:
    """The cards, their rows locked for this transaction, always in the same order."""
    return list(cards.select_for_update(of=("self",)).order_by("pk"))


def settle(cards: Iterable[Card]) -> None:
    """Writes when each card is due by its recalls; a card of which none was missed goes."""
    by_key = {card.pk: card for card in cards}
    recalls = Recall.objects.filter(card__in=by_key).order_by("card", "at", "id")
    given = {
        key: [(recall.at, recall.rating) for recall in its_own]
        for key, its_own in groupby(recalls, key=lambda recall: recall.card_id)
    }
    kept, gone = [], []
    for key, card in by_key.items():
        due_at = due_after(given.get(key, []))
        if due_at is None:
            gone.append(key)
            continue
        card.due_at, card.seq = due_at, card.seq + 1
        kept.append(card)
    Card.objects.bulk_update(kept, ["due_at", "seq"], batch_size=500)
    Card.objects.filter(pk__in=gone).delete()


def order_of(card: Card, version: QuestionVersion) -> list[str]:
    """The options' ids as they stand this time: another order each time, the same on a reload."""
    return settled_order(version, salt=f"{card.pk}.{card.seq}.")


@transaction.atomic
def answer(card: Card, version: QuestionVersion, seq: int, response: Sequence[str]) -> bool:
    """Grades an answer to a card; False when it is not due, or has changed since `seq`.

    Raises BadResponse, also when there is nothing to check yet.
    """
    if card.seq != seq or card.due_at > timezone.now():
        return False
    order = order_of(card, version)
    response = accepted(order, response)
    if asked_in_open_test(card.learner, version.question_id):
        raise BadResponse(IN_OPEN_TEST)
    if refusal := checkable(version.facts, response):
        raise BadResponse(refusal)
    if not _takes_turn(card, seq, due_at__lte=Now()):
        return False
    right = grade(version.facts, response).correct
    card.recalls.create(
        rating=GOOD if right else AGAIN,
        at=timezone.now(),
        version=version,
        order=order,
        response=response,
    )
    settle([card])
    return True


@transaction.atomic
def rate(card: Card, seq: int, rating: str) -> bool:
    """Says how hard a right answer was (`hard`, `good`, `easy`); it must be the card's latest.

    False when the card has changed since `seq`. Raises BadResponse for another word.
    """
    if rating not in RIGHT:
        raise BadResponse(f"Choose {', '.join(RIGHT)}; there is no {rating[:20]!r}.")
    if asked_in_open_test(card.learner, card.question_id):
        raise BadResponse(IN_OPEN_TEST)
    if not _takes_turn(card, seq):
        return False
    latest = card.recalls.last()
    if latest is None or latest.version_id is None or not latest.is_right:
        return False
    latest.rating = RIGHT[rating]
    latest.save(update_fields=["rating"])
    settle([card])
    return True


def _takes_turn(card: Card, seq: int, **where: object) -> bool:
    """Whether this request is the one that changes the card; the row is locked from here on."""
    here = Card.objects.filter(pk=card.pk, seq=seq, **where)
    if here.update(seq=F("seq") + 1) != 1:
        return False
    card.seq = seq + 1
    return True


def forget_attempt(attempt: Attempt) -> None:
    """Undoes what the attempt did to the learner's cards, because it no longer counts."""
    cards = _held(Card.objects.filter(recalls__answer__attempt=attempt))
    Recall.objects.filter(answer__attempt=attempt).delete()
    settle(cards)


def grade_again(question: Question, *, after: int, most: int) -> int | None:
    """Grades the reviews of a question again by its corrected key.

    Does so for at most `most` of its cards with keys above `after`; returns the last one's key, or
    None if there were no more.
    """
    version = question.version
    following = Card.objects.filter(question=question, pk__gt=after).order_by("pk")
    keys = list(following.values_list("pk", flat=True)[:most])
    if version is None or not keys:
        return None
    cards = {card.pk: card for card in _held(Card.objects.filter(pk__in=keys))}
    reviewed = Recall.objects.filter(card__in=cards, version__isnull=False)
    changed = []
    for recall in reviewed.exclude(version=version):
        right = grade(version.facts, recall.response).correct
        if right != recall.is_right:
            recall.rating = GOOD if right else AGAIN
            changed.append(recall)
    Recall.objects.bulk_update(changed, ["rating"], batch_size=500)
    settle({cards[recall.card_id] for recall in changed})
    return keys[-1]


def hand_over(guest: Learner, member: Learner) -> None:
    """Gives a guest's cards to a member; of a question that both have missed, all recalls."""
    held = _held(Card.objects.filter(learner__in=(guest, member)))
    own = {card.question_id: card for card in held if card.learner_id == member.pk}
    both = [card for card in held if card.learner_id == guest.pk and card.question_id in own]
    for card in both:
        Recall.objects.filter(card=card).update(card=own[card.question_id])
    settle([own[card.question_id] for card in both])
    Card.objects.filter(pk__in=[card.pk for card in both]).delete()
    Card.objects.filter(learner=guest).update(learner=member)
