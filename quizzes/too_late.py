"""What another tab, or the same page earlier, has settled: what is posted now does not count."""

from collections.abc import Sequence
from http import HTTPStatus

from authoring.visible import plain
from quizzes.facts import QuestionFacts
from quizzes.kinds import BadResponse, accepted
from quizzes.models import Attempt

# Of an option that is quoted: enough to know it by.
LONGEST_QUOTE = 120


class AnsweredBefore(BadResponse):
    """The question was answered already, and otherwise than is posted now."""

    status = HTTPStatus.CONFLICT


class SetEnded(BadResponse):
    """The page's set takes no answers any more; `attempt` is None if it is gone."""

    status = HTTPStatus.CONFLICT

    def __init__(self, attempt: Attempt | None) -> None:
        super().__init__(_ended(attempt))
        self.attempt = attempt


def _ended(attempt: Attempt | None) -> str:
    if attempt is not None and not attempt.is_void:
        return "This set was finished elsewhere."
    done = "set aside" if attempt else "deleted"
    told = (
        f"Your answers to these questions were {done} and do not count, nor does what you sent just"
        " now. The questions are shown as they stand now."
    )
    reason = attempt.void_reason if attempt else ""
    return f"{told} The reason: {reason}" if reason else told


class NotTheirs(SetEnded):
    """The page's set was drawn for somebody else: a guest, or another account."""

    def __init__(self) -> None:
        super().__init__(None)


def refuse_other(
    facts: QuestionFacts,
    order: Sequence[str],
    kept: Sequence[str],
    posted: Sequence[str],
    *,
    is_checked: bool = True,
) -> None:
    """Raises AnsweredBefore unless what was posted is what is kept, as when it is sent twice."""
    if not differs(order, kept, posted):
        return
    if is_checked:
        raise AnsweredBefore(
            "You already answered this question in another tab, or before you came back to this "
            f"page; that answer counts, and {chosen_here(facts, posted)} was not counted."
        )
    raise AnsweredBefore(
        "Another answer to this question was saved in another tab, or before you came back to this "
        f"page, and is shown now; {chosen_here(facts, posted)} was not checked. Choose again, then "
        "check it."
    )


def differs(order: Sequence[str], kept: Sequence[str], posted: Sequence[str]) -> bool:
    """Whether something else was posted than was kept; nothing at all contradicts nothing."""
    try:
        given = accepted(order, posted)
    except BadResponse:
        return True
    return bool(given) and given != sorted(kept)


def chosen_here(facts: QuestionFacts, posted: Sequence[str]) -> str:
    """What was posted, in the words of a sentence."""
    if facts.choices:
        chosen = [choice for ident in posted if (choice := facts.choice(ident))]
        verb, texts = "chose", [plain(choice.html) for choice in chosen]
    else:
        verb, texts = "wrote", [" ".join(posted)]
    quoted = ", ".join(f"“{_shortened(text)}”" for text in texts if text)
    return f"what you {verb} here ({quoted})" if quoted else f"what you {verb} here"


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_QUOTE else f"{line[:LONGEST_QUOTE]}…"
