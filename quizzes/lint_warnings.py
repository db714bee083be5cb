"""Warnings about probable mistakes in a question. Pure."""

import re
from dataclasses import replace

from authoring.rendering import render_inline, render_short
from authoring.visible import plain, prose
from quizzes.arrangement import is_mixed
from quizzes.facts import QuestionFacts
from quizzes.letters import named_letters
from quizzes.linting import explaining_texts
from quizzes.problems import LintWarning
from quizzes.sequences import in_order
from quizzes.waivers import waivers

# "All of the above", "both of these", "none of the other answers": such an option refers to the
# others, and its place among them is part of its meaning.
NOUN = r"(?:options?|answers?|choices?|statements?|alternatives?|reasons?)"
OTHERS = (
    rf"(?:(?:the )?(?:(?:other |foregoing |previous |preceding )?{NOUN} ?)?(?:above|below)"
    rf"|(?:these|those|them)(?: \w+)?|the (?:above|foregoing|others?|rest)(?: {NOUN})?"
    rf"|the (?:other|foregoing|previous|preceding|first) (?:(?:two|three|four|five) ?)?{NOUN}?"
    rf"|(?:the )?{NOUN})"
)
HOW_MANY = (
    r"(?:all|none|neither|both|any|some|each|either|one|two|three|most|several|more than one"
    r"|a (?:mixture|mix|combination)|not any|every one)"
)
SUMMING_UP = re.compile(
    rf"(?:{HOW_MANY}(?: (?:two|three|four|five))?(?: of)? {OTHERS}|both|neither"
    r"|all (?:two|three|four|five)|the (?:first|last) two)"
    r"(?: (?:is|are|can be|could be|apply|applies)(?: \w+)?)?[.!]?",
    re.IGNORECASE,
)


def warnings(draft: QuestionFacts, waived: str = "") -> list[LintWarning]:
    """All of them; those that the author waives, in `waived`, carry the reason."""
    reasons = waivers(waived)
    found = [*_about_letters(draft), *_about_last(draft), *_about_order(draft)]
    return [replace(warning, reason=reasons.get(warning.code, "")) for warning in found]


def _about_letters(draft: QuestionFacts) -> list[LintWarning]:
    """A text that names a shuffled option by its letter, and so names the wrong one."""
    if draft.choices and draft.keep_order:
        return []
    named = {
        **explaining_texts(draft),
        **{f"option “{it.html}”": it.html for it in draft.choices},
        **{f"mistake of “{it.html}”": it.mistake for it in draft.choices},
        **{f"feedback of “{it.html}”": it.feedback for it in draft.choices},
        **{f"mistake of the near miss {m.value:g}": m.mistake for m in draft.near},
    }
    question = prose(render_short(draft.stem))
    remedy = "name what the option says, not its letter"
    return [
        LintWarning("letters", f"The {name} says “{found}”: {remedy}.")
        for name, text in named.items()
        if (found := named_letters(prose(render_short(text)), question))
    ]


def _about_last(draft: QuestionFacts) -> list[LintWarning]:
    """Options that refer to the others and may come before them."""
    if not is_mixed(draft):
        return []
    return [
        LintWarning(
            "last",
            f"The option “{_read(choice.html)}” refers to the others and is shuffled with them:"
            " pin it last, or keep the options in order.",
        )
        for choice in draft.choices
        if not choice.pin_last and sums_up(choice.html)
    ]


def _about_order(draft: QuestionFacts) -> list[LintWarning]:
    """Numbers in order: shuffling them makes them harder to find, and gains nothing."""
    row = [it.html for it in draft.choices if not it.pin_last and not sums_up(it.html)]
    if not is_mixed(draft) or not in_order([_read(html) for html in row]):
        return []
    words = f"The options from “{_read(row[0])}” to “{_read(row[-1])}” are in order, but shuffled:"
    return [LintWarning("order", f"{words} keep the options in order.")]


def sums_up(option: str) -> bool:
    """Whether an option, as its author wrote it, refers to the others."""
    return bool(SUMMING_UP.fullmatch(_read(option)))


def _read(option: str) -> str:
    return " ".join(plain(render_inline(option)).split())
