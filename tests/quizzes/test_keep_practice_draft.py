"""What is typed for the run below the last practice question: a check keeps it."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lessons.models import Topic
from quizzes import drafts
from quizzes.models import Attempt, Quiz
from tests.factories import (
    HTMX,
    answers,
    client_of,
    make_learner,
    make_multiple,
    make_topic,
    mistaken,
)
from tests.security.hostile import WORDS

pytestmark = pytest.mark.django_db
TYPED = {"predicted_percent": "80", "seed": "5"}
FIRST, LAST = "/learn/gradients/practice/1/", "/learn/gradients/practice/2/"
BOTH = pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])


@pytest.fixture
def topic() -> Topic:
    topic = make_topic("gradients", practice=1)
    make_multiple(topic, position=2)
    return topic


@pytest.fixture
def client(topic: Topic) -> Client:
    client = client_of(make_learner())
    client.post(FIRST, {"choice": keyed_at(topic, 1)})
    return client


def keyed_at(topic: Topic, number: int) -> list[str]:
    question = topic.questions.get(position=number)
    return [choice.ident for choice in question.choices.filter(correct=True)]


def check(client: Client, topic: Topic, headers: dict[str, str], **typed: str) -> HttpResponse:
    """The last question, checked from the page that shows the fields of the run."""
    form: dict[str, Any] = {"asked-2": "1", "choice": keyed_at(topic, 2), **typed}
    checked = client.post(LAST, form, headers=headers, follow=True)
    assert isinstance(checked, HttpResponse)
    return checked


def drawn(page: Any) -> dict[str, str]:
    return {name: str(page.context["form"][name].value() or "") for name in drafts.FIELDS}


def wished() -> tuple[int, float | None]:
    run = Attempt.objects.select_related("run").get().run
    assert run is not None
    return run.plan["seed"], run.prediction


@BOTH
def test_a_check_keeps_it(client: Client, topic: Topic, headers: dict[str, str]) -> None:
    checked = check(client, topic, headers, **TYPED)
    assert "First this, then that." in checked.content.decode()
    assert drawn(checked) == drawn(client.get(LAST)) == drawn(client.get(FIRST)) == TYPED


@BOTH
def test_a_check_that_is_refused_shows_it_again(
    client: Client, topic: Topic, headers: dict[str, str]
) -> None:
    refused = client.post(LAST, {"asked-2": "1", **TYPED}, headers=headers)
    assert refused.status_code == 422
    assert drawn(refused) == TYPED


@BOTH
def test_a_try_that_is_not_the_last_keeps_it(
    client: Client, topic: Topic, headers: dict[str, str]
) -> None:
    Quiz.objects.filter(topic=topic).update(behaviour=Quiz.Behaviour.INTERACTIVE)
    wrong = mistaken(answers(Attempt.objects.get())[1])
    form = {"asked-2": "1", "choice": wrong, **TYPED}
    again = client.post(LAST, form, headers=headers, follow=True)
    assert "Not right yet" in again.content.decode()
    assert drawn(again) == drawn(client.get(LAST)) == TYPED


def test_one_that_was_checked_in_another_tab_keeps_it_too(client: Client, topic: Topic) -> None:
    check(client, topic, {})
    check(client, topic, {}, **TYPED)
    assert drawn(client.get(LAST)) == TYPED


def test_an_older_page_does_not_empty_it(client: Client, topic: Topic) -> None:
    stale = client.get(LAST).context["page"].known
    check(client, topic, {}, **TYPED)
    late = check(client, topic, {}, known=stale, predicted_percent="", seed="")
    assert drawn(late) == drawn(client.get(LAST)) == TYPED


def test_a_page_that_kept_its_own_fields_is_told_at_its_finish(
    client: Client, topic: Topic
) -> None:
    """A script leaves what is typed in its place, while the rest of the page is drawn anew."""
    stale = client.get(LAST).context["page"].known
    check(client, topic, {}, **TYPED)
    late: Any = check(client, topic, HTMX, known=stale, predicted_percent="10", seed="")
    form = {"known": late.context["page"].known, "predicted_percent": "10", "seed": ""}
    attempt = Attempt.objects.get()
    page = client.post(f"/attempts/{attempt.pk}/finish/", form, follow=True).content.decode()
    assert wished() == (5, 0.8)
    assert "Not counted: what you sent for the prediction or the seed." in page


def test_a_question_without_the_fields_leaves_it(client: Client, topic: Topic) -> None:
    check(client, topic, {}, **TYPED)
    client.post(FIRST, {"choice": keyed_at(topic, 1)})
    assert drawn(client.get(LAST)) == TYPED


def test_the_finish_takes_fields_and_choice_along(client: Client, topic: Topic) -> None:
    attempt = Attempt.objects.get()
    form = {"asked-2": "1", "choice": keyed_at(topic, 2), "seconds": "0", **TYPED}
    page = client.post(f"/attempts/{attempt.pk}/finish/", form, follow=True)
    assert page.redirect_chain[-1][0] == f"/attempts/{attempt.pk}/result/"
    assert wished() == (5, 0.8)
    assert [answer.correct for answer in answers(attempt)] == [True, True]


def test_a_finish_that_is_refused_keeps_both(client: Client, topic: Topic) -> None:
    attempt = Attempt.objects.get()
    wrong = {"predicted_percent": "150", "seed": "5"}
    form = {"asked-2": "1", "choice": keyed_at(topic, 2), **wrong}
    refused = client.post(f"/attempts/{attempt.pk}/finish/", form)
    assert refused.status_code == 422
    for page in (refused, client.get(LAST)):
        assert drawn(page) == wrong
        shown = page.context["question"]
        assert sorted(it.id for it in shown.choices if it.chosen) == sorted(keyed_at(topic, 2))
    assert not answers(attempt)[1].is_locked


def test_a_finish_that_is_refused_shows_a_try_that_was_not_made(
    client: Client, topic: Topic
) -> None:
    Quiz.objects.filter(topic=topic).update(behaviour=Quiz.Behaviour.INTERACTIVE)
    attempt = Attempt.objects.get()
    form = {"asked-2": "1", "choice": keyed_at(topic, 2), "seed": "few"}
    refused = client.post(f"/attempts/{attempt.pk}/finish/", form)
    assert refused.context["question"].is_answered
    assert drawn(client.get(LAST))["seed"] == "few"
    assert answers(attempt)[1].response == [], "a try is kept when it is checked"


@pytest.mark.parametrize("behaviour", ["immediate", "interactive"])
def test_a_finish_that_a_test_forbids_keeps_both(
    client: Client, topic: Topic, behaviour: str
) -> None:
    Quiz.objects.filter(topic=topic, kind="practice").update(behaviour=behaviour)
    attempt = Attempt.objects.get()
    client.post(f"/learn/{topic.slug}/test/")
    form = {"asked-2": "1", "choice": keyed_at(topic, 2), **TYPED}
    refused = client.post(f"/attempts/{attempt.pk}/finish/", form)
    assert refused.status_code == 422
    assert "Some of these questions are in the test" in refused.content.decode()
    assert refused.context["question"].is_answered
    assert drawn(refused) == TYPED


def test_a_finish_keeps_how_long_its_question_was_looked_at(client: Client, topic: Topic) -> None:
    attempt = Attempt.objects.get()
    Attempt.objects.update(started_at=timezone.now() - timedelta(minutes=5))
    form = {"asked-2": "1", "choice": keyed_at(topic, 2), "seconds": "7"}
    client.post(f"/attempts/{attempt.pk}/finish/", form)
    assert answers(attempt)[1].seconds == 7


@pytest.mark.parametrize("number", ["0", "3", "99"])
def test_a_finish_about_a_question_that_is_not_there_is_refused(
    client: Client, topic: Topic, number: str
) -> None:
    attempt = Attempt.objects.get()
    form = {f"asked-{number}": "1", "choice": keyed_at(topic, 2)}
    refused = client.post(f"/attempts/{attempt.pk}/finish/", form)
    assert refused.status_code == 422
    assert "There is no question" in refused.content.decode()
    assert [answer.is_locked for answer in answers(attempt)] == [True, False]


@pytest.mark.parametrize("name", drafts.FIELDS)
def test_hostile_text_is_kept_harmless(client: Client, topic: Topic, name: str) -> None:
    for text in WORDS:
        assert check(client, topic, {}, **{name: text}).status_code == 200
        assert Attempt.objects.get().draft.get(name, "").isprintable()


def test_a_check_needs_one_query_more_where_it_keeps_something(topic: Topic) -> None:
    def queries(**typed: str) -> int:
        client = client_of(make_learner())
        client.post(FIRST, {"choice": keyed_at(topic, 1)})
        with CaptureQueriesContext(connection) as asked:
            client.post(LAST, {"asked-2": "1", "choice": keyed_at(topic, 2), **typed})
        return len(asked)

    queries()
    assert queries(**TYPED) == queries() + 1
