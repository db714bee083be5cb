"""A finish or a save that is refused shows what it could not keep, and does not call it kept."""

import re
from typing import Any

import pytest
from django.test import Client

from lessons.models import Topic
from quizzes import saving, services
from quizzes.models import Answer, Attempt, Quiz
from tests.factories import (
    answers,
    client_of,
    keyed,
    make_learner,
    make_numeric,
    make_question,
    make_topic,
    mistaken,
    quiz,
)
from tests.quizzes.sending import form

pytestmark = pytest.mark.django_db
LAST = "/learn/gradients/practice/2/"
KEPT = "Your answers are kept.</p>"
# One that no keyboard has; databases would take it.
ODD = "160\ue000"


@pytest.fixture
def topic() -> Topic:
    return make_topic("gradients", practice=2)


@pytest.fixture
def practice(topic: Topic) -> Attempt:
    """Its first question is answered."""
    attempt = services.start(quiz(topic), make_learner())
    services.check(attempt, 1, keyed(answers(attempt)[0]))
    return attempt


def several_tries() -> None:
    Quiz.objects.filter(kind="practice").update(behaviour="interactive", tries=3)


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def finish(client: Client, attempt: Attempt, fields: dict[str, str], **sent: Any) -> Any:
    """A finish that is refused for its prediction."""
    address = f"/attempts/{attempt.pk}/finish/"
    refused = client.post(address, fields | {"predicted_percent": "abc"} | sent)
    assert refused.status_code == 422
    return refused


def pager(response: Any) -> list[str]:
    return re.findall(r'<a class="(\w+)"\s+href="/learn/gradients/practice/', text_of(response))


def chosen(response: Any) -> list[str]:
    return [it.id for it in response.context["question"].choices if it.chosen]


def test_a_choice_that_was_kept_counts_as_answered(practice: Attempt) -> None:
    client, last = client_of(practice.learner), answers(practice)[1]
    refused = finish(client, practice, form(client, LAST), choice=keyed(last))
    assert KEPT in text_of(refused)
    assert "0 of 2 not answered yet" in text_of(refused)
    assert pager(refused) == pager(client.get(LAST)) == ["right", "answered"]
    assert chosen(refused) == keyed(last)


def test_a_try_that_was_not_made_is_not_called_kept(practice: Attempt) -> None:
    several_tries()
    client, last = client_of(practice.learner), answers(practice)[1]
    refused = finish(client, practice, form(client, LAST), choice=keyed(last))
    assert KEPT not in text_of(refused)
    assert "1 of 2 not answered yet" in text_of(refused)
    assert pager(refused) == pager(client.get(LAST)) == ["right", "open"]
    assert chosen(refused) == keyed(last), "it is still on the page"


def test_a_try_that_was_made_before_is_kept(practice: Attempt) -> None:
    several_tries()
    client, last = client_of(practice.learner), answers(practice)[1]
    services.check(Attempt.objects.get(), 2, mistaken(last))
    assert KEPT in text_of(finish(client, practice, form(client, LAST), choice=mistaken(last)))


@pytest.mark.parametrize("is_checked", [True, False], ids=["checked", "saved"])
def test_what_another_tab_has_settled_is_shown_and_told(
    practice: Attempt, *, is_checked: bool
) -> None:
    client, last = client_of(practice.learner), answers(practice)[1]
    late = form(client, LAST)
    if is_checked:
        client.post(LAST, form(client, LAST) | {"choice": keyed(last)})
    else:
        finish(client, practice, form(client, LAST), choice=keyed(last))
    refused = finish(client, practice, late, choice=mistaken(last))
    assert "Not saved: question 2 " in text_of(refused)
    assert KEPT not in text_of(refused)
    assert chosen(refused) == keyed(last)


@pytest.fixture
def sheet() -> Attempt:
    """An open test: a number to write, and a choice."""
    topic = make_topic("numbers")
    make_numeric(topic)
    make_question(topic)
    return services.start(quiz(topic, "test"), make_learner())


def places(sheet: Attempt) -> tuple[Answer, Answer]:
    number, choice = sorted(answers(sheet), key=lambda it: bool(it.order))
    return number, choice


def typed(sheet: Attempt, text: str) -> dict[str, Any]:
    number, choice = places(sheet)
    return {f"choice-{number.position}": text, f"choice-{choice.position}": keyed(choice)}


def field(response: Any) -> list[str]:
    return re.findall(
        r'<input type="text"[^>]*name="choice-\d"\s+value="([^"]*)"', text_of(response)
    )


def test_a_number_that_could_not_be_kept_stays_in_its_field(sheet: Attempt) -> None:
    client, address = client_of(sheet.learner), sheet.get_absolute_url()
    refused = client.post(f"{address}finish/", form(client, address) | typed(sheet, ODD))
    assert refused.status_code == 422
    assert field(refused) == [ODD]
    assert KEPT not in text_of(refused)
    assert "1 of 2 not answered yet" in text_of(refused)
    assert "There is an invisible character" in text_of(refused)
    assert places(sheet)[1].response == keyed(places(sheet)[1])
    refused = finish(client, sheet, form(client, address), **typed(sheet, "160"))
    assert (field(refused), KEPT in text_of(refused)) == (["160"], True)


def test_so_it_is_when_the_sheet_is_saved(sheet: Attempt) -> None:
    client, address = client_of(sheet.learner), sheet.get_absolute_url()
    refused = client.post(address, form(client, address) | typed(sheet, ODD))
    assert refused.status_code == 422
    assert field(refused) == [ODD]
    assert places(sheet)[1].response == keyed(places(sheet)[1])


def test_both_errors_are_told_at_once(sheet: Attempt) -> None:
    client, address = client_of(sheet.learner), sheet.get_absolute_url()
    told = text_of(finish(client, sheet, form(client, address), **typed(sheet, ODD)))
    assert "There is an invisible character" in told
    assert "Enter a percentage" in told


def test_a_newer_answer_is_told_beside_what_could_not_be_kept(sheet: Attempt) -> None:
    client, address = client_of(sheet.learner), sheet.get_absolute_url()
    late, choice = form(client, address), places(sheet)[1]
    name = f"choice-{choice.position}"
    client.post(address, form(client, address) | {name: keyed(choice)})
    sent = typed(sheet, ODD) | {name: mistaken(choice)}
    refused = finish(client, sheet, late, **sent)
    assert f"Not saved: question {choice.position} was changed in another tab" in text_of(refused)
    shown = refused.context["page"].questions[choice.position - 1]
    assert [it.id for it in shown.choices if it.chosen] == keyed(choice)
    assert field(refused) == [ODD]


def test_a_sheet_that_tells_nonsense_is_not_called_kept(sheet: Attempt) -> None:
    client, address = client_of(sheet.learner), sheet.get_absolute_url()
    refused = finish(client, sheet, form(client, address), known="all", **typed(sheet, "160"))
    assert KEPT not in text_of(refused)
    assert field(refused) == ["160"]


@pytest.mark.parametrize("kind", ["test", "practice"])
def test_one_that_was_finished_meanwhile_is_not_drawn_as_open(
    topic: Topic, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt = services.start(quiz(topic, kind), make_learner())
    client, save = client_of(attempt.learner), saving.save

    def finished_before(*args: Any) -> list[int]:
        services.finish(attempt, {})
        return save(*args)

    monkeypatch.setattr(saving, "save", finished_before)
    sent = {"asked-1": "1", "choice-1": keyed(answers(attempt)[0]), "seed": "few"}
    led = client.post(f"/attempts/{attempt.pk}/finish/", sent, follow=True)
    assert led.redirect_chain[-1][0] == f"/attempts/{attempt.pk}/result/"
    assert "Not counted: what you sent for question 1." in text_of(led)


def test_a_save_that_tells_nonsense_does_not_draw_a_finished_test_as_open(sheet: Attempt) -> None:
    client, address = client_of(sheet.learner), sheet.get_absolute_url()
    services.finish(sheet, {})
    led = client.post(address, {"seq": "1", "known": "all"})
    assert led["Location"] == f"{address}result/"
