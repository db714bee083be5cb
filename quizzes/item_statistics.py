"""One question's answers in one quiz: which options were taken, what was typed, how long."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Count, F, QuerySet, Sum

from quizzes import judgements, measures
from quizzes.facts import ChoiceFacts, QuestionFacts
from quizzes.kinds import KINDS
from quizzes.measures import Sums
from quizzes.models import Answer, Question, Quiz
from quizzes.statistics import Item, counted_answers, item_from, sums_by_version

SHOWN_NUMBERS = 10
# A wrong option that fewer take than this distracts nobody.
RARELY = 0.05


@dataclass(frozen=True)
class Taken:
    """An option, or a number as it was typed: how many took it, and how they did elsewhere.

    `rest` is the mean score of its takers on the other questions; None where nobody took it.
    `note` is the mistake that a typed number shows, as HTML.
    """

    html: str
    correct: bool
    n: int
    share: float
    rest: float | None
    note: str = ""
    warning: str = ""


@dataclass(frozen=True)
class VersionRow:
    """A version that was asked, with the answers to it."""

    number: int
    sums: Sums


@dataclass(frozen=True)
class Times:
    """Quartiles of the seconds on the question, over the answers that have a time."""

    timed: int
    lower: float
    median: float
    upper: float


@dataclass(frozen=True)
class _Response:
    """One response as many gave it."""

    chosen: list[str]
    n: int
    credit: float
    rest: float


@dataclass(frozen=True)
class ItemStatistics:
    """All figures of one question in one quiz."""

    item: Item
    quiz: Quiz
    first_only: bool
    versions: Sequence[VersionRow]
    times: Times | None
    responses: Sequence[_Response]
    facts: QuestionFacts | None

    @property
    def left_open(self) -> int:
        """Answers without a response."""
        return sum(response.n for response in self.responses if not response.chosen)

    @cached_property
    def options(self) -> list[Taken]:
        """Each option in its author's order; none for a question that asks for a number."""
        choices = self.facts.choices if self.facts else ()
        right_rest = _rest(self._of(choice.id for choice in choices if choice.correct))
        return [self._option(choice, right_rest) for choice in choices]

    @cached_property
    def numbers(self) -> list[Taken]:
        """The numbers that were typed most often."""
        if self.facts is None or self.facts.choices:
            return []
        typed = [response for response in self.responses if response.chosen]
        return [self._number(self.facts, response) for response in typed[:SHOWN_NUMBERS]]

    def _of(self, idents: Iterable[str]) -> list[_Response]:
        wanted = set(idents)
        return [response for response in self.responses if wanted & set(response.chosen)]

    def _option(self, choice: ChoiceFacts, right_rest: float | None) -> Taken:
        takers = self._of([choice.id])
        n, rest = sum(taker.n for taker in takers), _rest(takers)
        share = n / self.item.sums.n if self.item.sums.n else 0.0
        warning = "" if choice.correct else self._about_distractor(n, share, rest, right_rest)
        return Taken(choice.html, choice.correct, n, share, rest, warning=warning)

    def _about_distractor(
        self, n: int, share: float, rest: float | None, right_rest: float | None
    ) -> str:
        if self.item.is_small:
            return ""
        if share < RARELY:
            return "Hardly anyone chooses it: it distracts nobody."
        better = rest is not None and right_rest is not None and rest > right_rest
        if self.item.tells_apart and better and n >= judgements.FEW:
            return (
                "Those who choose it do better elsewhere than those who are right: look at the key."
            )
        return ""

    def _number(self, facts: QuestionFacts, response: _Response) -> Taken:
        kind = KINDS[facts.kind]
        miss = kind.near_miss(facts, response.chosen)
        return Taken(
            html=" ".join(response.chosen),
            correct=kind.credit(facts, response.chosen) == 1.0,
            n=response.n,
            share=response.n / self.item.sums.n,
            rest=_rest([response]),
            note=miss.mistake if miss else "",
        )


def item_statistics(question: Question, quiz: Quiz, *, first_only: bool) -> ItemStatistics:
    """The question's figures; options and their key are those of its present version."""
    numbers = dict(question.versions.order_by("number").values_list("pk", "number"))
    answers = counted_answers(quiz, first_only=first_only).filter(version__in=list(numbers))
    sums = sums_by_version(answers)
    return ItemStatistics(
        item=item_from(question, quiz, sum(sums.values(), Sums())),
        quiz=quiz,
        first_only=first_only,
        versions=[VersionRow(number, sums[pk]) for pk, number in numbers.items() if pk in sums],
        times=_times(answers),
        responses=_responses(answers),
        facts=question.version.facts if question.version else None,
    )


def item_in(quiz: Quiz, question: Question) -> Item:
    """The question's sums alone, over learners' first attempts at the quiz."""
    versions = list(question.versions.values_list("pk", flat=True))
    sums = sums_by_version(counted_answers(quiz, first_only=True).filter(version__in=versions))
    return item_from(question, quiz, sum(sums.values(), Sums()))


def _times(answers: QuerySet[Answer]) -> Times | None:
    timed = answers.filter(seconds__isnull=False).values_list("seconds")
    counts = list(timed.annotate(n=Count("*")).order_by("seconds"))
    if not counts:
        return None
    lower, median, upper = (measures.quantile(counts, share) for share in (0.25, 0.5, 0.75))
    return Times(sum(n for _, n in counts), lower, median, upper)


def _responses(answers: QuerySet[Answer]) -> list[_Response]:
    """The different responses, the commonest first."""
    rows = answers.values_list("response").annotate(
        n=Count("*"), x=Sum("credit"), rest=Sum(F("attempt__score") - F("credit"))
    )
    return [_Response(*row) for row in rows.order_by("-n", "response")]


def _rest(responses: Sequence[_Response]) -> float | None:
    n = sum(response.n for response in responses)
    return sum(response.rest for response in responses) / n if n else None
