"""What was sent and is not kept: its page shows it again, and does not call it kept."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from quizzes.kinds import BadResponse
from quizzes.queries import QuizPage
from quizzes.saving import PartlySaved, Responses
from quizzes.sheets import RUN
from quizzes.showing import ShownQuestion
from quizzes.too_late import differs


@dataclass(frozen=True)
class Unkept:
    """The responses that are not kept, by the number of the question.

    At the numbers of `stays`, among them the draft's, something newer is kept and shown.
    """

    responses: Mapping[int, Sequence[str]] = field(default_factory=dict)
    stays: Sequence[int] = ()

    @property
    def is_nothing(self) -> bool:
        """Whether every answer is kept."""
        return not self.responses and set(self.stays) <= {RUN}

    def drawn_on(self, page: QuizPage) -> QuizPage:
        """The page with them in its fields: to be drawn, not to be counted."""
        for number, response in self.responses.items():
            page = page.with_response(number, response)
        return page


def unkept_of(page: QuizPage, sent: Responses, passed_over: Collection[int]) -> Unkept:
    """What of the responses that were sent is not kept, by the page as it is after a save."""
    lost = {
        number: response
        for number, response in sent.items()
        if _differs(page.questions[number - 1], response)
    }
    checked = {number for number in lost if page.questions[number - 1].is_locked}
    stays = {*passed_over, *checked}
    return Unkept({it: lost[it] for it in lost if it not in stays}, sorted(stays))


def _differs(question: ShownQuestion, sent: Sequence[str]) -> bool:
    if question.is_withheld:
        return False  # to tell it would tell what was answered
    order = [choice.id for choice in question.choices]
    chosen = [choice.id for choice in question.choices if choice.chosen]
    return differs(order, chosen or [question.typed], sent)


def passed_over(error: BadResponse) -> Collection[int]:
    """Where something newer stays although a save was refused."""
    return error.passed_over if isinstance(error, PartlySaved) else ()
