"""The page of a test sends what has changed: it is kept, and an overtaken page is told."""

from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from quizzes import saving, services
from quizzes.models import Attempt
from tests.factories import (
    HTMX,
    answers,
    client_of,
    keyed,
    make_learner,
    make_multiple,
    make_topic,
    mistaken,
    quiz,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def attempt() -> Attempt:
    topic = make_topic(practice=3)
    make_multiple(topic)
    return services.start(quiz(topic, "test"), make_learner())


@pytest.fixture
def client(attempt: Attempt) -> Client:
    return client_of(attempt.learner)


def send(client: Client, attempt: Attempt, seq: int, **changes: Any) -> HttpResponse:
    """What the page posts: names with an underscore stand for those with a hyphen."""
    form = {name.replace("_", "-"): value for name, value in changes.items()}
    sent = client.post(
        attempt.get_absolute_url(), {"seq": str(seq), "changes": "1", **form}, headers=HTMX
    )
    assert isinstance(sent, HttpResponse)
    return sent


def change(attempt: Attempt, number: int) -> dict[str, Any]:
    """Question `number` answered rightly."""
    response = keyed(answers(attempt)[number - 1])
    return {f"asked_{number}": "1", f"choice_{number}": response}


def test_only_what_was_sent_is_changed(client: Client, attempt: Attempt) -> None:
    assert send(client, attempt, 1, **change(attempt, 2)).status_code == 200
    assert send(client, attempt, 2, **change(attempt, 3), flag_3="1").status_code == 200
    kept = answers(attempt)
    assert [answer.response for answer in kept[:3]] == [[], keyed(kept[1]), keyed(kept[2])]
    assert [(answer.flagged, answer.seq) for answer in kept] == [
        (False, 0),
        (False, 1),
        (True, 2),
        (False, 0),
    ]


def test_the_answer_has_the_parts_that_have_changed(client: Client, attempt: Attempt) -> None:
    send(client, attempt, 1, **change(attempt, 1))
    parts = send(client, attempt, 2, **change(attempt, 3), flag_3="1").content.decode()
    assert parts.count("<li") == parts.count('data-part="place-3"') == 1
    assert "2 of 4 answered, 1 flagged" in parts
    assert "2 of 4 not answered yet, 1 flagged" in parts
    for answer in answers(attempt):
        assert answer.version.facts.stem not in parts


def test_what_is_emptied_is_kept_empty(client: Client, attempt: Attempt) -> None:
    [number] = [it.position for it in answers(attempt) if it.version.facts.kind == "multiple"]
    send(client, attempt, 1, **change(attempt, number), **{f"flag_{number}": "1"})
    send(client, attempt, 2, **{f"asked_{number}": "1"})
    emptied = answers(attempt)[number - 1]
    assert (emptied.response, emptied.flagged) == ([], False)


@pytest.mark.parametrize("seq", [1, 2])
def test_a_page_that_is_behind_is_told_whichever_question_it_changes(
    client: Client, attempt: Attempt, seq: int
) -> None:
    send(client, attempt, 1, **change(attempt, 1))
    send(client, attempt, 2, **change(attempt, 2))
    told = send(client, attempt, seq, **change(attempt, 3))
    assert told.status_code == 409
    assert "another tab" in told.content.decode()
    assert answers(attempt)[2].response == []


def test_a_page_that_is_behind_is_told_about_a_flag(client: Client, attempt: Attempt) -> None:
    send(client, attempt, 1, **change(attempt, 1))
    assert send(client, attempt, 1, asked_2="1", flag_2="1").status_code == 409
    assert not answers(attempt)[1].flagged


def test_the_same_again_is_saved_and_changes_nothing(client: Client, attempt: Attempt) -> None:
    for _ in range(2):
        assert send(client, attempt, 1, **change(attempt, 1), flag_1="1").status_code == 200
    first = answers(attempt)[0]
    assert (first.response, first.flagged, first.seq) == (keyed(first), True, 1)


def test_nothing_new_is_saved_too(client: Client, attempt: Attempt) -> None:
    parts = send(client, attempt, 1)
    assert parts.status_code == 200
    assert "0 of 4 answered, 0 flagged" in parts.content.decode()


def test_a_response_that_is_none_is_refused_and_the_others_are_kept(
    client: Client, attempt: Attempt
) -> None:
    refused = send(client, attempt, 1, **change(attempt, 1), asked_2="1", choice_2="ffffff")
    assert refused.status_code == 422
    assert [bool(answer.response) for answer in answers(attempt)] == [True, False, False, False]


@pytest.mark.parametrize("name", ["choice_99", "choice_00", "flag_x", "asked_99999"])
def test_a_question_that_is_not_there_is_refused(
    client: Client, attempt: Attempt, name: str
) -> None:
    own = {"choice_1": keyed(answers(attempt)[0])[0]}
    assert send(client, attempt, 1, **own, **{name: "1"}).status_code == 422
    assert answers(attempt)[0].response == []


def test_flags_of_an_overtaken_form_are_not_lost_in_silence(attempt: Attempt) -> None:
    saving.save(attempt, {}, 3, {1: True})
    assert saving.save(attempt, {}, 2, {1: False, 2: True}) == [1]
    assert [answer.flagged for answer in answers(attempt)[:2]] == [True, True]


def test_a_refused_finish_keeps_flags(client: Client, attempt: Attempt) -> None:
    saving.save(attempt, {}, 1, {1: True})
    wrong = mistaken(answers(attempt)[2])
    form = {"whole": "1", "flag-2": "1", "choice-3": wrong, "predicted_percent": "500"}
    page = client.post(f"{attempt.get_absolute_url()}finish/", form).content.decode()
    assert "Not finished yet" in page
    assert [answer.flagged for answer in answers(attempt)] == [False, True, False, False]
    assert answers(attempt)[2].response == wrong


def test_it_asks_the_database_little(client: Client, attempt: Attempt) -> None:
    change_of_one = change(attempt, 1)
    send(client, attempt, 1, **change(attempt, 2))
    with CaptureQueriesContext(connection) as asked:
        send(client, attempt, 2, **change_of_one)
    asked_for = [query["sql"] for query in asked if "SAVEPOINT" not in query["sql"]]
    # Session, the attempt, its answers, the one that changes.
    assert len(asked_for) <= 4
    assert not [sql for sql in asked_for if "questionversion" in sql]


def test_nothing_is_saved_of_what_ended_meanwhile(attempt: Attempt) -> None:
    services.finish(attempt, {})
    for flags in ({1: True}, {}):
        saved = saving.save_sheet(attempt.pk, {}, 9, flags, alone=True)
        assert (saved.passed_over, saved.sheet) == (sorted(flags), None)
