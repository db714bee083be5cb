"""Questions that pages ask about what comes back for review."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db.models import F, QuerySet
from django.db.models.functions import Now
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.learners import person_of
from accounts.models import Learner
from authoring.models import State
from lessons.models import Topic
from quizzes.cards import order_of
from quizzes.grading import grade
from quizzes.kinds import BadResponse
from quizzes.models import Attempt, Card, Question, QuestionVersion, Quiz, Recall
from quizzes.queries import PUBLISHED, attempts_of, open_questions
from quizzes.showing import ShownQuestion, answered, show
from quizzes.spacing import due_by_rating, in_words
from quizzes.too_late import AnsweredBefore, refuse_other

CHANGED = "This question has been changed since your page showed it. Read it again, then answer it."
ASKED_AGAIN = (
    "You have answered this question in another tab since your page showed it, and it is asked "
    "again now. What you chose was not counted: check it, if it is still your answer."
)


@dataclass(frozen=True)
class RatingChoice:
    """A word for how hard a right answer was, and when the question returns if it is said."""

    word: str
    again: str
    chosen: bool


@dataclass(frozen=True)
class ReviewPage:
    """A card's question, open or just answered; `ratings` is empty unless it was right, and where
    each of them would bring it back at the same time: then there is nothing to choose.

    `due` counts what is due now, this one among it while it is open. `again` tells when it returns.
    """

    card: Card
    question: ShownQuestion
    due: int
    again: str = ""
    ratings: tuple[RatingChoice, ...] = ()

    @property
    def topic(self) -> Topic:
        return self.card.question.topic

    def with_response(self, response: list[str]) -> "ReviewPage":
        """The page with what was posted, which could not be checked; as it is when another was."""
        if self.question.is_locked:
            return self
        return replace(self, question=answered(self.question, response))


def askable_cards(learner: Learner | None) -> QuerySet[Card]:
    """The learner's cards whose questions can be asked, due or not, the longest due first.

    Questions that were withdrawn, or that the learner's open test asks, are left out.
    """
    cards = Card.objects.select_related("question__version", "question__topic")
    if learner is None:
        return cards.none()
    return (
        _published(cards, learner).exclude(question__in=_tested(learner)).order_by("due_at", "pk")
    )


def _published(cards: QuerySet[Card], learner: Learner) -> QuerySet[Card]:
    return cards.filter(
        learner=learner,
        question__version__isnull=False,
        question__state=State.PUBLISHED,
        question__topic__state=State.PUBLISHED,
        question__topic__track__state=State.PUBLISHED,
    )


def _tested(learner: Learner) -> QuerySet[Question]:
    tested = open_questions(person_of(learner)).values("version__question")
    return Question.objects.filter(pk__in=tested)


def _held_back(learner: Learner) -> QuerySet[Card]:
    due = _published(Card.objects.filter(due_at__lte=Now()), learner)
    return due.filter(question__in=_tested(learner))


def _held_in(learner: Learner, cards: QuerySet[Card]) -> UUID | None:
    asking = open_questions(person_of(learner)).filter(
        version__question__in=cards.values("question")
    )
    return asking.values_list("attempt", flat=True).first()


def due_cards(learner: Learner | None) -> QuerySet[Card]:
    """Those of them that are due now."""
    return askable_cards(learner).filter(due_at__lte=Now())


def due_in(topic: Topic, learner: Learner | None) -> int:
    """How many questions of a topic are due."""
    return due_cards(learner).filter(question__topic=topic).count() if learner else 0


def own_card(card_id: int, learner: Learner | None) -> Card:
    """The learner's own card; anyone else's is a 404."""
    if learner is None:
        raise Http404
    cards = Card.objects.select_related("question__version", "question__topic")
    card = get_object_or_404(cards, pk=card_id, learner=learner)
    card.learner = learner
    return card


def next_page(learner: Learner | None) -> ReviewPage | None:
    """The question that is due the longest; None when nothing is due."""
    card = due_cards(learner).first()
    return _asked(card, due_cards(learner).count()) if card else None


def card_page(card: Card) -> ReviewPage | None:
    """The card as its learner left it: open if it is due, else what was answered the last time.

    None when it can be neither asked nor explained now.
    """
    if not askable_cards(card.learner).filter(pk=card.pk).exists():
        return None
    due = due_cards(card.learner)
    if due.filter(pk=card.pk).exists():
        return _asked(card, due.count())
    latest = card.recalls.last()
    if latest is None or latest.version_id != card.question.version_id:
        return None
    return _explained(card, latest, due.count())


def _asked(card: Card, due: int) -> ReviewPage:
    version = version_of(card)
    return ReviewPage(card, show(version.facts, 1, order_of(card, version), [], None), due)


def version_of(card: Card) -> QuestionVersion:
    """What a card's question says now; a card that is asked has one."""
    if card.question.version is None:
        raise Http404
    return card.question.version


def version_as_shown(card: Card, version_id: int) -> QuestionVersion:
    """The same, unless another one is on the page that was answered (0: it does not tell).

    Raises BadResponse.
    """
    version = version_of(card)
    if version_id not in (0, version.pk):
        raise BadResponse(CHANGED)
    return version


def refuse_late(page: ReviewPage | None, posted: list[str]) -> None:
    """Raises AnsweredBefore where `page` tells of another answer than was posted, or asks again."""
    if page is None or not posted:
        return
    latest = page.card.recalls.last()
    if not page.question.is_locked or latest is None:
        raise AnsweredBefore(ASKED_AGAIN)
    refuse_other(version_of(page.card).facts, latest.order, latest.response, posted)


def latest_word(card: Card) -> str:
    """How hard the latest answer was called."""
    latest = card.recalls.last()
    return latest.get_rating_display() if latest else ""


def _explained(card: Card, recall: Recall, due: int) -> ReviewPage:
    facts = version_of(card).facts
    credit = grade(facts, recall.response).credit
    question = show(facts, 1, recall.order, recall.response, recall.is_right, credit)
    again = in_words(card.due_at - timezone.now())
    ratings = _ratings(card, recall.rating) if recall.is_right else ()
    return ReviewPage(card, question, due, again, ratings)


def _ratings(card: Card, chosen: int) -> tuple[RatingChoice, ...]:
    given = [(recall.at, recall.rating) for recall in card.recalls.all()]
    now = timezone.now()
    choices = tuple(
        RatingChoice(word, in_words(due - now), Recall.Rating(chosen).label == word)
        for word, due in due_by_rating(given).items()
    )
    return choices if len({choice.again for choice in choices}) > 1 else ()


@dataclass(frozen=True)
class NothingDue:
    """What to say when nothing is due: when something will be, and where to practise.

    `held_back` counts what is due, and waits until the learner has finished a test that asks it,
    such as `tested_in`.
    """

    next_in: str
    topic: Topic | None
    held_back: int = 0
    tested_in: UUID | None = None


def nothing_due(learner: Learner | None) -> NothingDue:
    nothing = _nothing_due(learner)
    if learner is None:
        return nothing
    held = _held_back(learner)
    return replace(nothing, held_back=held.count(), tested_in=_held_in(learner, held))


def _nothing_due(learner: Learner | None) -> NothingDue:
    coming = askable_cards(learner).first()
    latest = attempts_of(learner).filter(quiz__in=Quiz.objects.filter(PUBLISHED)).first()
    return NothingDue(
        in_words(coming.due_at - timezone.now()) if coming else "",
        latest.quiz.topic if latest else None,
    )


@dataclass(frozen=True)
class Returning:
    """How many questions of an attempt come back, and when the first of them does."""

    questions: int
    first_due: datetime

    @property
    def first_in(self) -> str:
        return in_words(self.first_due - timezone.now())


def returning(attempt: Attempt) -> Returning | None:
    """What was missed in this attempt and comes back later; None when nothing does."""
    missed = Recall.objects.filter(answer__attempt=attempt, rating=Recall.Rating.AGAIN)
    dues = missed.filter(card__due_at__gt=Now()).values_list("card", F("card__due_at"))
    by_card = dict(dues.order_by())
    return Returning(len(by_card), min(by_card.values())) if by_card else None
