"""How long a question was looked at: told by its page, believed within bounds."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from lessons.models import Topic
from quizzes import services
from quizzes.attention import BEFORE_THE_START, kept_seconds, most_seconds
from quizzes.models import Attempt
from tests.factories import (
    HTMX,
    answers,
    client_of,
    keyed,
    make_learner,
    make_lesson,
    make_topic,
    mistaken,
    quiz,
)

pytestmark = pytest.mark.django_db
NONSENSE = ["", "-5", "1.5", "NaN", "1e309", "many", "9" * 40, "\x00", "0"]


@pytest.fixture
def topic() -> Topic:
    topic = make_topic("gradients", practice=2, inline=2)
    make_lesson(topic)
    return topic


@pytest.fixture
def test(topic: Topic) -> Attempt:
    return begun(services.start(quiz(topic, "test"), make_learner()), 100)


def begun(attempt: Attempt, seconds_ago: int) -> Attempt:
    attempt.started_at = timezone.now() - timedelta(seconds=seconds_ago)
    attempt.save(update_fields=["started_at"])
    return attempt


def seconds(attempt: Attempt) -> list[int | None]:
    return [answer.seconds for answer in answers(attempt)]


def save(attempt: Attempt, seq: int, **form: Any) -> int:
    form = {name.replace("_", "-"): value for name, value in form.items()}
    sent = {"seq": str(seq), "asked-1": "1", **form}
    client = client_of(attempt.learner)
    return client.post(attempt.get_absolute_url(), sent, headers=HTMX).status_code


def test_a_save_takes_it_for_what_has_changed(test: Attempt) -> None:
    first = keyed(answers(test)[0])
    assert save(test, 1, choice_1=first, seconds_1="12", seconds_2="30") == 200
    assert seconds(test)[:2] == [12, None]
    assert save(test, 2, choice_1=first, seconds_1="20") == 200
    assert seconds(test)[0] == 12, "nothing has changed"
    assert save(test, 3, choice_1=first, flag_1="1", seconds_1="25") == 200
    assert seconds(test)[0] == 25


def test_it_never_shrinks_and_is_never_above_the_age_of_the_attempt(test: Attempt) -> None:
    first = answers(test)[0]
    save(test, 1, choice_1=keyed(first), seconds_1="50")
    save(test, 2, choice_1=mistaken(first), seconds_1="7")
    assert seconds(test)[0] == 50
    save(test, 3, choice_1=keyed(first), seconds_1="999999")
    [kept, *_] = seconds(test)
    assert kept is not None
    assert 100 <= kept < 200


@pytest.mark.parametrize("told", NONSENSE)
def test_nonsense_refuses_no_answer(test: Attempt, told: str) -> None:
    first = answers(test)[0]
    assert save(test, 1, choice_1=keyed(first), seconds_1=told) == 200
    assert answers(test)[0].response == keyed(first)
    assert seconds(test)[0] is None


def test_the_finish_takes_it_for_all(test: Attempt) -> None:
    client = client_of(test.learner)
    form = {"choice-1": keyed(answers(test)[0]), "seconds-1": "8", "seconds-2": "9"}
    client.post(f"{test.get_absolute_url()}finish/", form | {"seconds-3": "x"})
    assert seconds(test) == [8, 9, None, None]
    client.post(f"{test.get_absolute_url()}finish/", {"seconds-1": "80"})
    assert seconds(test) == [8, 9, None, None]


def test_what_comes_after_the_time_is_up_is_not_taken(test: Attempt) -> None:
    Attempt.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    services.finish(test, {}, seconds={1: 10})
    assert seconds(test) == [None] * 4


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_check_takes_it_and_locks_it(topic: Topic, headers: dict[str, str]) -> None:
    learner, address = make_learner(), "/learn/gradients/practice/1/"
    client = client_of(learner)
    right = keyed(answers(services.start(quiz(topic), make_learner()))[0])
    client.post(address, {"choice": right, "seconds": "31"}, headers=headers)
    attempt = Attempt.objects.get(learner=learner)
    assert seconds(attempt) == [31, None]
    client.post(address, {"choice": right, "seconds": "60"}, headers=headers)
    services.finish(attempt, {}, seconds={1: 61})
    assert seconds(attempt) == [31, None]


def test_an_inline_check_takes_it(topic: Topic) -> None:
    learner = make_learner()
    client = client_of(learner)
    form = {"question": "2", "choice": "ffffff", "seconds": "5"}
    address = "/learn/gradients/experiment/check/"
    client.post(address, form)
    assert not Attempt.objects.exists(), "it was refused"
    right = keyed(answers(services.start(quiz(topic, "inline"), make_learner()))[1])
    client.post(address, form | {"choice": right})
    assert seconds(Attempt.objects.get(learner=learner)) == [None, 5]


def test_without_javascript_it_stays_unknown(test: Attempt) -> None:
    client = client_of(test.learner)
    page = client.get(test.get_absolute_url()).content.decode()
    assert re.findall(r'name="seconds-\d"\s+value="(\d+)"', page) == ["0"] * 4
    form = {"whole": "1", "seq": "1", "choice-1": keyed(answers(test)[0]), "seconds-1": "0"}
    client.post(test.get_absolute_url(), form)
    assert seconds(test) == [None] * 4


def test_a_page_goes_on_from_what_is_kept(topic: Topic, test: Attempt) -> None:
    save(test, 1, choice_1=keyed(answers(test)[0]), seconds_1="40")
    page = client_of(test.learner).get(test.get_absolute_url()).content.decode()
    assert re.search(r'name="seconds-1"\s+value="40"\s+data-seconds="1"', page)
    for address in ("/learn/gradients/practice/2/", "/learn/gradients/experiment/"):
        page = Client().get(address).content.decode()
        assert 'name="seconds" value="0" data-seconds="2"' in page


def test_a_learner_takes_it_away(test: Attempt) -> None:
    save(test, 1, choice_1=keyed(answers(test)[0]), seconds_1="40")
    data = client_of(test.learner).get("/me/data/").json()
    assert [it["seconds"] for it in data["attempts"][0]["questions"]] == [40, None, None, None]


@pytest.mark.parametrize(
    ("before", "told", "most", "kept"),
    [(None, 0, 9, None), (None, 5, 9, 5), (7, 5, 9, 7), (7, 50, 9, 9), (12, 50, 9, 12)],
)
def test_the_bounds(before: int | None, told: int, most: int, kept: int | None) -> None:
    assert kept_seconds(before, told, most) == kept


def test_what_begins_by_a_check_may_have_been_read_before() -> None:
    now = timezone.now()
    started = now - timedelta(seconds=30.5)
    assert most_seconds(started, now, begins_by_check=False) == 30
    assert most_seconds(started, now, begins_by_check=True) == 30 + BEFORE_THE_START
    assert most_seconds(now + timedelta(hours=1), now, begins_by_check=False) == 0
