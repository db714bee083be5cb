"""What keeps a question from being published, in the author's words. Pure."""

import re
from collections import Counter

from quizzes.facts import QuestionFacts
from quizzes.kinds import KINDS
from quizzes.problems import Problem

# "option B", "answer (c)", "the choice is D": letters are drawn at display time, from the order
# shown, so an explanation that names one will sooner or later name the wrong one. A lone "a" is
# mostly an article ("which option a learner takes"), so it counts only where a name would stand.
LETTER = re.compile(
    r"\b(?i:option|answer|choice)s?(?:\s+is|:)?\s+"
    r"(?:[(*]+[A-Ha-h][)*]+|[B-Hb-h]|(?<!:\s)A|[Aa](?=\s*(?:[.,;:!?]|$)|\s+(?:and|or|is)\b))"
    r"(?![\w'’-])"
)
# The texts about the whole question: what an author calls them, and their fields.
FIELDS = {
    "stem": "stem",
    "hint": "hint",
    "worked steps": "steps",
    "final answer": "answer",
    "quick check": "quick_check",
    "hint for the run": "watch",
}
TAG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def problems(draft: QuestionFacts) -> list[Problem]:
    """Everything to mend before publishing; the draft's texts are as the author wrote them."""
    return [
        *KINDS[draft.kind].problems(draft),
        *_about_choices(draft),
        *_about_tags(draft),
        *_about_letters(draft),
    ]


def explaining_texts(draft: QuestionFacts) -> dict[str, str]:
    """The texts about the whole question, by the name an author knows them by."""
    return {name: getattr(draft, field) for name, field in FIELDS.items()}


def _about_choices(draft: QuestionFacts) -> list[Problem]:
    choices, found = draft.choices, []
    if any(not choice.html.strip() for choice in choices):
        found.append("An option is empty: write its text or remove it.")
    counted = Counter(" ".join(choice.html.split()).lower() for choice in choices)
    found += [f"Two options are equal: “{text}”." for text, n in counted.items() if n > 1 and text]
    found += [
        f"Say which mistake leads to the wrong option “{choice.html.strip()}”."
        for choice in choices
        if not choice.correct and choice.html.strip() and not choice.mistake.strip()
    ]
    return [Problem(said) for said in found]


def _about_tags(draft: QuestionFacts) -> list[Problem]:
    return [
        Problem(f"The tag “{tag}” should be words-with-hyphens, in small letters.", "tags")
        for tag in draft.tags
        if not TAG.fullmatch(tag)
    ]


def _about_letters(draft: QuestionFacts) -> list[Problem]:
    named = {
        **{name: (text, FIELDS[name]) for name, text in explaining_texts(draft).items()},
        **{f"option “{it.html}”": (it.html, "choices") for it in draft.choices},
        **{f"mistake of “{it.html}”": (it.mistake, "choices") for it in draft.choices},
        **{f"feedback of “{it.html}”": (it.feedback, "choices") for it in draft.choices},
        **{f"mistake of the near miss {m.value:g}": (m.mistake, "near_misses") for m in draft.near},
    }
    return [
        Problem(f"The {name} says “{match[0]}”: name what the option says, not its letter.", part)
        for name, (text, part) in named.items()
        if (match := LETTER.search(text))
    ]
