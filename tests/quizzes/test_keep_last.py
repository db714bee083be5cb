"""An option that speaks of all the others stays behind them."""

from dataclasses import replace

import pytest

from quizzes.arrangement import mixed
from quizzes.facts import ChoiceFacts
from quizzes.models import QuestionVersion
from quizzes.showing import settled_order
from tests.quizzes.facts import FACTS


@pytest.mark.parametrize(
    "text",
    [
        "All of the above",
        "none of the above.",
        "Both of these",
        "All the above are right",
        "Neither of the options above",
        "<em>None</em> of these",
        "Any of the other answers",
    ],
)
def test_it_comes_last_however_the_others_are_mixed(text: str) -> None:
    summing_up = ChoiceFacts("000000", text, correct=False, mistake="<p>Not all.</p>")
    facts = replace(FACTS, choices=(summing_up, *FACTS.choices))
    version = QuestionVersion(pk=1, content=facts.as_json())
    orders = [settled_order(version, salt=str(salt)) for salt in range(20)]
    assert {order[-1] for order in orders} == {"000000"}
    assert len({tuple(order) for order in orders}) > 1
    assert mixed(facts, lambda others: list(reversed(others)))[-1] == "000000"


@pytest.mark.parametrize("text", ["all of the weights", "none", "both", "these", "the layer above"])
def test_other_options_are_mixed(text: str) -> None:
    facts = replace(FACTS, choices=(ChoiceFacts("000000", text, correct=True), *FACTS.choices))
    assert mixed(facts, lambda others: list(reversed(others)))[-1] == "000000"
    assert mixed(facts, list)[0] == "000000"
