"""A learner's progress in a topic: what was read, practised, tested; what to do next. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from lessons.models import Lesson, Topic
from quizzes.next_steps import Step
from quizzes.overall_grades import OverallGrade
from quizzes.spacing import in_words
from quizzes.verdicts import Verdict


@dataclass(frozen=True)
class Reading:
    """A lesson of the topic, and whether the learner has read it."""

    lesson: Lesson
    is_read: bool


@dataclass(frozen=True)
class Mastery:
    """How many of a topic's questions were right the last time that the learner answered them."""

    right: int
    asked: int
    total: int

    @property
    def wrong(self) -> int:
        return self.asked - self.right

    @property
    def statement(self) -> str:
        if not self.asked:
            return f"None of the topic’s {self.total} questions is answered yet."
        new = self.total - self.asked
        rest = f"; {new} you have not been asked" if new else ""
        return f"{self.right} of {self.total} questions right when you were last asked{rest}."


@dataclass(frozen=True)
class PracticeProgress:
    """The latest practice set; `right` is None where its marks are not shown."""

    answered: int
    total: int
    right: int | None
    is_open: bool

    @property
    def words(self) -> str:
        told = "" if self.right is None else f", {self.right} right"
        ended = "" if self.is_open else "Finished: "
        return f"{ended}{self.answered} of {self.total} answered{told}"


@dataclass(frozen=True)
class TestProgress:
    """The topic's test: what counts, what the latest one says, whether one is open."""

    # Pytest would take it for a test.
    __test__ = False

    taken: int
    is_open: bool
    overall: OverallGrade | None
    verdict: Verdict | None


@dataclass(frozen=True)
class Coming:
    """A topic's missed questions: how many are due, how many later, when the first of those is."""

    due: int = 0
    later: int = 0
    next_due: datetime | None = None

    @property
    def next_words(self) -> str:
        return in_words(self.next_due - timezone.now()) if self.next_due else ""


@dataclass(frozen=True)
class TopicProgress:
    """Everything about one topic; what was never begun is None or zero."""

    topic: Topic
    readings: Sequence[Reading]
    mastery: Mastery
    practice: PracticeProgress | None
    test: TestProgress
    coming: Coming
    runs: int

    @property
    def read(self) -> int:
        return sum(reading.is_read for reading in self.readings)

    @property
    def is_begun(self) -> bool:
        done = self.read, self.mastery.asked, self.test.taken, self.runs
        return any(done) or self.practice is not None or self.test.is_open

    @property
    def step(self) -> Step:
        """What to do next, by what is not done yet: what comes back first, then what is open."""
        return next(step for step in self._steps() if step is not None)

    def _steps(self) -> list[Step | None]:
        slug = self.topic.slug
        unread = next((one.lesson for one in self.readings if not one.is_read), None)
        practice, test = reverse("practice", args=[slug, 1]), reverse("test", args=[slug])
        strong = self.test.verdict is not None and self.test.verdict.is_strong
        begin = unread if not self.read else None
        going = self.practice is not None and self.practice.is_open
        return [
            Step("Continue your test", test, "It is not finished.") if self.test.is_open else None,
            Step("Review", reverse("review"), "Missed questions are due.")
            if self.coming.due
            else None,
            Step("Continue practising", practice, "Your practice set is open.") if going else None,
            _read(begin, "You have not marked a lesson of it as read yet."),
            Step("Practise", practice, "You have not practised it yet.")
            if self.practice is None
            else None,
            Step("Test yourself", test, "It shows what you know.") if not self.test.taken else None,
            _read(unread, "Another way into the same topic."),
            Step("Take a new test", test, "You are strong here; see whether it lasts.")
            if strong
            else Step("Practise again", practice, "Your last set is finished."),
        ]


def _read(lesson: Lesson | None, reason: str) -> Step | None:
    if lesson is None:
        return None
    return Step(f"Read “{lesson.about.name}”", lesson.get_absolute_url(), reason)


@dataclass(frozen=True)
class Progress:
    """All of a learner's topics, and what is due in them."""

    topics: Sequence[TopicProgress]

    @property
    def begun(self) -> list[TopicProgress]:
        return [topic for topic in self.topics if topic.is_begun]

    @property
    def unbegun(self) -> list[TopicProgress]:
        return [topic for topic in self.topics if not topic.is_begun]

    @property
    def due(self) -> int:
        return sum(topic.coming.due for topic in self.topics)

    @property
    def next_words(self) -> str:
        """When the next question comes back; empty when none does."""
        dues = [topic.coming.next_due for topic in self.topics if topic.coming.next_due]
        return Coming(next_due=min(dues, default=None)).next_words
