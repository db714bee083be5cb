"""What to do after a test: at most three steps, each with its reason."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from lessons.models import Lesson, Topic
from lessons.queries import mode_choices
from quizzes.queries import Part, QuizPage, next_topic
from quizzes.tags import uses
from quizzes.verdicts import Verdict

MOST = 3
# Not more subjects than this: nobody reads a long list of them.
SUBJECTS = 2
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")

# Blocks and measured figures, which a lesson's source names.
PLACED = re.compile(r"\{\{[^}]*\}\}|\[\[[^\]]*\]\]")


@dataclass(frozen=True)
class Step:
    """Something to do next: what it is, where, and why."""

    title: str
    address: str
    reason: str


def next_steps(page: QuizPage, verdict: Verdict | None, remembered: str) -> list[Step]:
    """What a test suggests; nothing where marks are not shown, because it would tell them."""
    if not page.is_test or not page.marked:
        return []
    strong = verdict is not None and verdict.is_strong
    following = next_topic(page.topic) if strong else None
    # The mode that the reader knows comes first, so it is taken where others would do as well.
    choices = sorted(mode_choices(page.topic, remembered), key=lambda choice: not choice.remembered)
    return advice(page, [choice.lesson for choice in choices if choice.lesson], following)


def advice(page: QuizPage, lessons: Sequence[Lesson], following: Topic | None) -> list[Step]:
    """The next topic if there is one, then lessons on what went wrong, then practice."""
    steps = [_go_on(following)] if following else []
    if page.right < page.total:
        steps += [*_readings(page, lessons), _practise(page)]
    return steps[:MOST] or [_train(page.topic)]


def weakest(parts: Sequence[Part]) -> list[Part]:
    """The parts where credit was lost, the one with the lowest credit first.

    Each is judged as if one more question had gone right and one wrong (Laplace's rule of
    succession), so that three lost of three weigh more than one lost of one.
    """
    lost = [part for part in parts if part.right < part.total]
    return sorted(lost, key=lambda part: (part.credit + 1) / (part.total + 2))


def went_wrong(part: Part, asked: str, about: str = "") -> str:
    """Such as “Two of three questions about learning rate went wrong.”; `asked` is singular.

    What was not answered has no credit either, and is not called wrong.
    """
    missed = part.total - part.right
    told = _told(part, missed)
    if part.total == 1:
        return f"The one {asked}{about} {told}."
    if missed == part.total and part.credit > part.right:
        none = {2: f"Neither {asked}"}.get(missed, f"None of the {_number(missed)} {asked}s")
        return f"{none}{about} got full credit."
    if missed == part.total:
        several = {2: "Both"}.get(missed, f"All {_number(missed)}")
    else:
        several = f"{_number(missed).capitalize()} of {_number(part.total)}"
    return f"{several} {asked}s{about} {told}."


def _told(part: Part, missed: int) -> str:
    left_open = sum(not question.is_answered for question in part.questions)
    if part.credit > part.right:
        return "did not get full credit"
    were_open = "was left unanswered" if missed == 1 else "were left unanswered"
    if left_open == missed:
        return were_open
    return f"went wrong or {were_open}" if left_open else "went wrong"


def _number(count: int) -> str:
    return NUMBERS[count] if count < len(NUMBERS) else str(count)


def _readings(page: QuizPage, lessons: Sequence[Lesson]) -> list[Step]:
    """A step for each lesson that fits, with the reasons of all the subjects that lead to it."""
    if not lessons:
        return []
    reasons: dict[Lesson, list[str]] = {}
    for part in weakest(page.subjects)[:SUBJECTS]:
        reason = went_wrong(part, "question", f" about {part.name}")
        reasons.setdefault(_lesson_on(part.name, lessons), []).append(reason)
    if not reasons:  # none of the questions that went wrong has a tag
        reasons[lessons[0]] = [went_wrong(Part("", page.questions), "question")]
    return [_read(lesson, " ".join(told)) for lesson, told in reasons.items()]


def _lesson_on(subject: str, lessons: Sequence[Lesson]) -> Lesson:
    """The lesson that is most about the subject; the first one of several that are."""
    return max(lessons, key=lambda lesson: uses(_text_of(lesson), subject))


def _text_of(lesson: Lesson) -> str:
    """What readers see of the lesson, without the names of the experiments it shows."""
    told = [lesson.title, lesson.summary, PLACED.sub(" ", lesson.source), lesson.key_insight]
    return "\n".join(told)


def _go_on(topic: Topic) -> Step:
    reason = "You are strong here. This is the next topic of the track."
    return Step(f"Continue with “{topic.title}”", topic.get_absolute_url(), reason)


def _read(lesson: Lesson, reason: str) -> Step:
    return Step(f"Read “{lesson.title}”", lesson.get_absolute_url(), reason)


def _practise(page: QuizPage) -> Step:
    level = weakest(page.levels)[0]
    reason = went_wrong(level, f"{level.name} question")
    return Step("Practise this topic", reverse("practice", args=[page.topic.slug, 1]), reason)


def _train(topic: Topic) -> Step:
    experiment = topic.experiment
    reason = "Nothing went wrong here. See what changes when you train it with another seed."
    return Step(f"Train “{experiment.title}”", experiment.get_absolute_url(), reason)
