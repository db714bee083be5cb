"""What keeps a question from being published, in the author's words. Pure."""

import re
from collections import Counter

from quizzes.facts import QuestionFacts
from quizzes.kinds import KINDS

# "option B", "answer (c)", "the choice is D": letters are drawn at display time, from the order
# shown, so an explanation that names one will sooner or later name the wrong one. A lone "a" is
# mostly an article ("which option a learner takes"), so it counts only where a name would stand.
LETTER = re.compile(
    r"\b(?i:option|answer|choice)s?(?:\s+is|:)?\s+"
    r"(?:[(*]+[A-Ha-h][)*]+|[B-Hb-h]|(?<!:\s)A|[Aa](?=\s*(?:[.,;:!?]|$)|\s+(?:and|or|is)\b))"
    r"(?![\w'’-])"
)
TAG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def problems(draft: QuestionFacts) -> list[str]:
    """Everything to mend before publishing; the draft's texts are as the author wrote them."""
    return [
        *KINDS[draft.kind].problems(draft),
        *_about_choices(draft),
        *_about_tags(draft),
        *_about_letters(draft),
    ]


def explaining_texts(draft: QuestionFacts) -> dict[str, str]:
    """The texts about the whole question, by the name an author knows them by."""
    return {
        "stem": draft.stem,
        "hint": draft.hint,
        "worked steps": draft.steps,
        "final answer": draft.answer,
        "quick check": draft.quick_check,
        "hint for the run": draft.watch,
    }


def _about_choices(draft: QuestionFacts) -> list[str]:
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
    return found


def _about_tags(draft: QuestionFacts) -> list[str]:
    return [
        f"The tag “{tag}” should be words-with-hyphens, in small letters."
        for tag in draft.tags
        if not TAG.fullmatch(tag)
    ]


def _about_letters(draft: QuestionFacts) -> list[str]:
    named = {
        **explaining_texts(draft),
        **{f"option “{choice.html}”": choice.html for choice in draft.choices},
        **{f"mistake of “{choice.html}”": choice.mistake for choice in draft.choices},
        **{f"feedback of “{choice.html}”": choice.feedback for choice in draft.choices},
        **{f"mistake of the near miss {miss.value:g}": miss.mistake for miss in draft.near},
    }
    return [
        f"The {name} says “{match[0]}”: name what the option says, not its letter."
        for name, text in named.items()
        if (match := LETTER.search(text))
    ]
