"""What keeps a question from being published, in the author's words. Pure."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

# "option B", "answer (c)", "the choice is D": letters are drawn at display time, from the order
# shown, so an explanation that names one will sooner or later name the wrong one. A lone "a" is
# mostly an article ("which option a learner takes"), so it counts only where a name would stand.
LETTER = re.compile(
    r"\b(?i:option|answer|choice)s?(?:\s+is|:)?\s+"
    r"(?:[(*]+[A-Ha-h][)*]+|[B-Hb-h]|(?<!:\s)A|[Aa](?=\s*(?:[.,;:!?]|$)|\s+(?:and|or|is)\b))"
    r"(?![\w'’-])"
)
FEWEST_CHOICES = 2


@dataclass(frozen=True)
class DraftChoice:
    text: str
    correct: bool
    mistake: str


def problems(texts: dict[str, str], choices: Sequence[DraftChoice]) -> list[str]:
    """Everything to mend before publishing; `texts` holds the explaining texts by field name."""
    return [*_about_choices(choices), *_about_letters(texts, choices)]


def _about_choices(choices: Sequence[DraftChoice]) -> list[str]:
    found = []
    keys = sum(choice.correct for choice in choices)
    if keys != 1:
        found.append(f"Mark exactly one option as right; now {keys or 'none'} is marked.")
    if len(choices) < FEWEST_CHOICES:
        found.append(f"Give at least {FEWEST_CHOICES} options; there are {len(choices)}.")
    if any(not choice.text.strip() for choice in choices):
        found.append("An option is empty: write its text or remove it.")
    counted = Counter(" ".join(choice.text.split()).lower() for choice in choices)
    found += [f"Two options are equal: “{text}”." for text, n in counted.items() if n > 1 and text]
    found += [
        f"Say which mistake leads to the wrong option “{choice.text.strip()}”."
        for choice in choices
        if not choice.correct and choice.text.strip() and not choice.mistake.strip()
    ]
    return found


def _about_letters(texts: dict[str, str], choices: Sequence[DraftChoice]) -> list[str]:
    named = {
        **texts,
        **{f"option “{choice.text}”": choice.text for choice in choices},
        **{f"mistake of “{choice.text}”": choice.mistake for choice in choices},
    }
    return [
        f"The {name} says “{match[0]}”: name what the option says, not its letter."
        for name, text in named.items()
        if (match := LETTER.search(text))
    ]
