"""Questions of an open test as HTML, drawn once for everyone who is asked them.

From one attempt to the next a question differs by its number, by the order of its options, and by
what was chosen. It is drawn with marks in those places and kept; a page fills the marks in.
"""

from dataclasses import replace
from functools import lru_cache
from typing import cast

from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from quizzes.showing import ShownChoice, ShownQuestion

# One or two kilobytes each.
MOST_QUESTIONS, MOST_CHOICES = 2000, 8000
# No document may hold a NUL (HTML standard, 13.2.3.5), so no text looks like these.
NUMBER, TOTAL, SECONDS, TYPED, READ, CHOICES, LETTER = (f"\0{mark}\0" for mark in range(7))
FIELD = f"choice-{NUMBER}"


def sheet_question(question: ShownQuestion, total: int) -> SafeString:
    """The open question, one of `total`, as `quizzes/_sheet_question.html` draws it."""
    drawn = _question(
        replace(
            question,
            number=cast("int", NUMBER),
            seconds=cast("int", SECONDS),
            typed=TYPED,
            read_as=READ,
            choices=(),
        )
    )
    choices = [_filled(question.input, choice) for choice in question.choices]
    filled = drawn.replace(CHOICES, "".join(choices)).replace(NUMBER, str(question.number))
    filled = filled.replace(TOTAL, str(total)).replace(SECONDS, str(question.seconds or 0))
    filled = filled.replace(READ, escape(question.read_as))
    # At last: what somebody typed is not searched for marks.
    return mark_safe(filled.replace(TYPED, escape(question.typed)))  # noqa: S308  (all escaped)


@lru_cache(MOST_QUESTIONS)
def _question(marked: ShownQuestion) -> str:
    context = {
        "question": marked,
        "place": f"question-{NUMBER}",
        "field": FIELD,
        "total": TOTAL,
        "choices": CHOICES,
    }
    return render_to_string("quizzes/_sheet_question.html", context)


def _filled(input_type: str, choice: ShownChoice) -> str:
    return _choice(input_type, replace(choice, letter=LETTER)).replace(LETTER, choice.letter)


@lru_cache(MOST_CHOICES)
def _choice(input_type: str, marked: ShownChoice) -> str:
    context = {"input": input_type, "field": FIELD, "choice": marked}
    return render_to_string("quizzes/_choice.html", context)
