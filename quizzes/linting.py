"""What keeps a question from being published, in the author's words. Pure."""

from collections import defaultdict
from collections.abc import Sequence

from authoring.rendering import render_inline, render_short
from authoring.visible import likeness, plain
from quizzes.facts import QuestionFacts
from quizzes.kinds import KINDS
from quizzes.problems import Problem
from quizzes.tags import TAG

# The texts about the whole question: what an author calls them, and their fields.
FIELDS = {
    "stem": "stem",
    "hint": "hint",
    "worked steps": "steps",
    "final answer": "answer",
    "quick check": "quick_check",
    "hint for the run": "watch",
}
REQUIRED = ("stem", "hint", "worked steps", "final answer", "quick check")


def problems(draft: QuestionFacts) -> list[Problem]:
    """Everything to fix before publishing; the draft's texts are as the author wrote them."""
    return [
        *KINDS[draft.kind].problems(draft),
        *_about_missing(draft),
        *_about_choices(draft),
        *_about_tags(draft),
    ]


def explaining_texts(draft: QuestionFacts) -> dict[str, str]:
    """The texts about the whole question, by the name an author knows them by."""
    return {name: getattr(draft, field) for name, field in FIELDS.items()}


def _about_missing(draft: QuestionFacts) -> list[Problem]:
    """The texts that learners are promised with every question, before and after the answer."""
    return [
        Problem(f"Write the {name}: {_are(name)} missing.", FIELDS[name])
        for name, text in explaining_texts(draft).items()
        if name in REQUIRED and not text.strip()
    ]


def _are(name: str) -> str:
    return "they are" if name.endswith("s") else "it is"


def _about_choices(draft: QuestionFacts) -> list[Problem]:
    """Judged by what learners read: texts that differ only in their source are equal."""
    read = [(choice, render_inline(choice.html)) for choice in draft.choices]
    found = []
    if any(not likeness(html) for _, html in read):
        found.append("An option is empty: write its text or remove it.")
    alike: dict[str, list[str]] = defaultdict(list)
    for choice, html in read:
        alike[likeness(html)].append(choice.html.strip())
    found += [_equal(texts) for seen, texts in alike.items() if seen and len(texts) > 1]
    found += [
        f"Say which mistake leads to the wrong option “{plain(html)}” (option {number})."
        for number, (choice, html) in enumerate(read, start=1)
        if not choice.correct and likeness(html) and not likeness(render_short(choice.mistake))
    ]
    return [Problem(said) for said in found]


def _equal(texts: Sequence[str]) -> str:
    """Quotes each spelling, if they were written differently."""
    quoted = {" ".join(text.split()): f"“{text}”" for text in reversed(texts)}
    return f"Two options are equal: {' and '.join(reversed(quoted.values()))}."


def _about_tags(draft: QuestionFacts) -> list[Problem]:
    return [
        Problem(f"The tag “{tag}” should be words-with-hyphens, in small letters.", "tags")
        for tag in draft.tags
        if not TAG.fullmatch(tag)
    ]
