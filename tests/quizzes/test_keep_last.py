"""Options are mixed, but for those that are pinned last and where an author keeps the order."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from quizzes import services
from quizzes.arrangement import arranged
from quizzes.facts import ChoiceFacts
from quizzes.models import Choice, Question, QuestionVersion, Quiz
from quizzes.publishing import publish
from quizzes.showing import settled_order, show
from tests.factories import answers, make_learner, make_question, make_topic, quiz
from tests.quizzes.facts import FACTS, TRUE_FALSE

ALL = ChoiceFacts("000000", "All of the above", correct=False, pin_last=True)
SALTS = [str(salt) for salt in range(20)]


def backwards(ids: Sequence[str]) -> list[str]:
    return list(reversed(ids))


def test_a_pinned_option_comes_last_however_the_others_are_mixed() -> None:
    facts = replace(FACTS, choices=(ALL, *FACTS.choices))
    version = QuestionVersion(pk=1, content=facts.as_json())
    orders = [settled_order(version, salt=salt) for salt in SALTS]
    assert {order[-1] for order in orders} == {"000000"}
    assert len({tuple(order) for order in orders}) > 1


def test_several_pinned_options_keep_their_order() -> None:
    facts = replace(FACTS, choices=(ALL, replace(ALL, id="000001"), *FACTS.choices))
    assert arranged(facts, backwards) == ["cccccc", "bbbbbb", "aaaaaa", "000000", "000001"]


def test_a_kept_order_is_shown_as_it_was_written() -> None:
    facts = replace(FACTS, keep_order=True)
    version = QuestionVersion(pk=1, content=facts.as_json())
    assert {tuple(settled_order(version, salt=salt)) for salt in SALTS} == {
        ("aaaaaa", "bbbbbb", "cccccc")
    }


def test_true_and_false_stay_whatever_is_pinned() -> None:
    pinned = [replace(choice, pin_last=choice.id == "aaaaaa") for choice in TRUE_FALSE.choices]
    assert arranged(replace(TRUE_FALSE, choices=tuple(pinned)), backwards) == ["aaaaaa", "bbbbbb"]


def test_a_version_from_before_is_mixed_as_it_was() -> None:
    old = {name: value for name, value in FACTS.as_json().items() if name != "keep_order"}
    old["choices"] = [
        {name: value for name, value in choice.items() if name != "pin_last"}
        for choice in old["choices"]
    ]
    now = QuestionVersion(pk=1, content=FACTS.as_json())
    assert settled_order(QuestionVersion(pk=1, content=old)) == settled_order(now)
    assert QuestionVersion(pk=1, content=old).facts == FACTS


def test_no_option_is_without_a_letter() -> None:
    many = tuple(ChoiceFacts(f"{at:06x}", str(at), correct=not at) for at in range(60))
    shown = show(replace(FACTS, choices=many), 1, [choice.id for choice in many], [], None)
    letters = [choice.letter for choice in shown.choices]
    assert len(letters) == len(set(letters)) == 60
    assert letters[24:29] == ["Y", "Z", "AA", "AB", "AC"]
    assert letters[51:53] == ["AZ", "BA"]


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["practice", "test"])
def test_a_new_attempt_draws_them_so(kind: str) -> None:
    topic = make_topic()
    kept = make_question(topic, keep_order=True)
    pinned = make_question(topic, publish=False)
    first = pinned.choices.get(position=1)
    Choice.objects.filter(pk=first.pk).update(pin_last=True)
    publish(pinned)
    Quiz.objects.update(shuffle_options=True)
    seen = set()
    for _ in range(12):
        for answer in answers(services.start(quiz(topic, kind), make_learner())):
            if answer.version.question_id == kept.pk:
                assert answer.order == list(_idents(kept))
            else:
                assert answer.order[-1] == first.ident
                seen.add(tuple(answer.order))
    assert len(seen) > 1


def _idents(question: Question) -> list[str]:
    return list(question.choices.values_list("ident", flat=True))
