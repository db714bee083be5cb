"""The admin's forms as a teacher fills them in."""

from collections.abc import Sequence

from lessons.models import Topic
from quizzes.models import Question

ADD = "/admin/quizzes/question/add/"
# (text, right, mistake)
Option = tuple[str, bool, str]
RIGHT: Option = ("the weights", True, "")
WRONG: Option = ("the data", False, "Data stays as it is.")


def change(question: Question) -> str:
    return f"/admin/quizzes/question/{question.pk}/change/"


def question_form(
    topic: Topic, options: Sequence[Option], question: Question | None = None, **changes: str
) -> dict[str, str]:
    """What the browser posts for a question with these options."""
    values = {
        "topic": str(topic.pk),
        "stem": "What moves while a network trains?",
        "slug": "what-moves",
        "state": "published",
        "use": "practice",
        "position": "6",
        "difficulty": "easy",
        "hint": "Think of the optimizer.",
        "steps": "It changes variables.",
        "answer": "The weights.",
        "quick_check": "Print one.",
        "watch": "Watch layer 1.",
        "kind": "single",
        "credit": "all_or_nothing",
        "tags": "",
        "value": "",
        "tolerance": "0.0",
        "unit": "",
        "waived": "",
    }
    if question:
        shown = Question.objects.values_list("revision", flat=True).get(pk=question.pk)
        values["revision"] = str(shown)
    return values | _options(options, question) | near_misses([]) | changes


def near_misses(near: Sequence[tuple[str, str, str]]) -> dict[str, str]:
    """What the browser posts for near misses (value, tolerance, mistake) that are new."""
    posted = {
        "near_misses-TOTAL_FORMS": str(len(near)),
        "near_misses-INITIAL_FORMS": "0",
        "near_misses-MIN_NUM_FORMS": "0",
        "near_misses-MAX_NUM_FORMS": "1000",
    }
    for number, (value, tolerance, mistake) in enumerate(near):
        prefix = f"near_misses-{number}"
        posted |= {f"{prefix}-value": value, f"{prefix}-tolerance": tolerance}
        posted |= {f"{prefix}-mistake": mistake}
    return posted


def _options(options: Sequence[Option], question: Question | None) -> dict[str, str]:
    known = [str(choice.pk) for choice in question.choices.all()] if question else []
    posted = {
        "choices-TOTAL_FORMS": str(len(options)),
        "choices-INITIAL_FORMS": str(len(known)),
        "choices-MIN_NUM_FORMS": "0",
        "choices-MAX_NUM_FORMS": "1000",
    }
    for number, (text, right, mistake) in enumerate(options):
        prefix = f"choices-{number}"
        posted |= {
            f"{prefix}-id": known[number] if number < len(known) else "",
            f"{prefix}-question": str(question.pk) if question else "",
            f"{prefix}-position": str(number + 1),
            f"{prefix}-text": text,
            f"{prefix}-mistake": mistake,
        }
        posted |= {f"{prefix}-correct": "on"} if right else {}
    return posted
