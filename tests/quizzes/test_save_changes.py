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


def send(
    client: Client, attempt: Attempt, seq: int, known: str | None = None, **changes: Any
) -> HttpResponse:
    """What the page posts: names with an underscore stand for those with a hyphen.

    By default it knows of every save.
    """
    form = {name.replace("_", "-"): value for name, value in changes.items()}
    told = {"seq": str(seq), "known": saves(attempt) if known is None else known}
    sent = client.post(attempt.get_absolute_url(), told | form, headers=HTMX)
    assert isinstance(sent, HttpResponse)
    return sent


def saves(attempt: Attempt) -> str:
    """What a page that is drawn now knows."""
    attempt.refresh_from_db()
    return " ".join(map(str, [*(answer.seq for answer in answers(attempt)), attempt.draft_seq]))


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


AT_FIRST = "0 0 0 0 0"


def test_a_page_that_is_behind_is_told_and_keeps_what_it_has_changed(
    client: Client, attempt: Attempt
) -> None:
    send(client, attempt, 1, **change(attempt, 1))
    send(client, attempt, 2, **change(attempt, 2))
    told = send(client, attempt, 1, AT_FIRST, **change(attempt, 3))
    assert told.status_code == 409
    assert told.content.decode() == (
        "Saved. But questions 1 and 2 were changed in another tab or browser."
        " This page stopped saving."
    )
    assert answers(attempt)[2].response == keyed(answers(attempt)[2])


@pytest.mark.parametrize("seq", [1, 2, 7, 99_999_999])
def test_nothing_is_undone_that_the_page_does_not_know(
    client: Client, attempt: Attempt, seq: int
) -> None:
    send(client, attempt, 2, **change(attempt, 1), flag_1="1")
    first = answers(attempt)[0]
    both = {"choice_1": mistaken(first), **change(attempt, 2)}
    told = send(client, attempt, seq, AT_FIRST, **both)
    assert told.status_code == 409
    assert told.content.decode() == (
        "Not saved: question 1 was changed in another tab or browser, and that answer stays."
        " This page stopped saving."
    )
    kept = answers(attempt)
    assert (kept[0].response, kept[0].flagged) == (keyed(first), True)
    assert kept[1].response == keyed(kept[1])


def test_a_flag_undoes_nothing_either(client: Client, attempt: Attempt) -> None:
    send(client, attempt, 1, **change(attempt, 1))
    assert send(client, attempt, 5, AT_FIRST, asked_1="1", flag_1="1").status_code == 409
    assert not answers(attempt)[0].flagged


def test_a_page_knows_its_own_saves_though_it_heard_nothing_of_them(
    client: Client, attempt: Attempt
) -> None:
    send(client, attempt, 1, **change(attempt, 1))
    first = answers(attempt)[0]
    again = send(client, attempt, 2, "0.1 0 0 0 0", choice_1=mistaken(first))
    assert again.status_code == 200
    assert answers(attempt)[0].response == mistaken(first)
    # The earlier one, held up on its way until now.
    late = send(client, attempt, 1, AT_FIRST, choice_1=keyed(first))
    assert late.status_code == 409
    assert answers(attempt)[0].response == mistaken(first)


def test_what_was_taken_back_stays_so_though_an_older_save_arrives_late(
    client: Client, attempt: Attempt
) -> None:
    first = answers(attempt)[0]
    # The change was sent as 1 and is held up; then it was taken back, which is sent as 2.
    back = {"seq": "2", "known": "0.1 0 0 0 0.1", "asked-1": "1", "predicted_percent": ""}
    late = {"seq": "1", "known": AT_FIRST, "choice-1": keyed(first), "predicted_percent": "80"}
    for form, status in ((back, 200), (late, 409)):
        sent = client.post(attempt.get_absolute_url(), form, headers=HTMX)
        assert sent.status_code == status
    attempt.refresh_from_db()
    assert (answers(attempt)[0].response, attempt.draft) == ([], {})


@pytest.mark.parametrize("seq", ["1", "9"])
def test_a_form_without_scripts_undoes_nothing_that_its_page_did_not_show(
    client: Client, attempt: Attempt, seq: str
) -> None:
    first, second, *_ = answers(attempt)
    stale = {"seq": seq, "known": saves(attempt), "whole": "1", "choice-1": mistaken(first)}
    send(client, attempt, 1, **change(attempt, 1))
    told = client.post(attempt.get_absolute_url(), stale | {"choice-2": keyed(second)})
    assert told.status_code == 409
    assert "Not saved: question 1 was changed" in told.content.decode()
    assert [answer.response for answer in answers(attempt)][:2] == [keyed(first), keyed(second)]


def test_a_finish_undoes_nothing_that_its_page_did_not_show(
    client: Client, attempt: Attempt
) -> None:
    first, second, *_ = answers(attempt)
    stale = {"seq": "9", "known": saves(attempt), "whole": "1", "choice-1": mistaken(first)}
    send(client, attempt, 1, **change(attempt, 1))
    client.post(f"{attempt.get_absolute_url()}finish/", stale | {"choice-2": keyed(second)})
    assert [answer.correct for answer in answers(attempt)] == [True, True, False, False]


NONSENSE = ["", "x", "0", "0 0 0 0 ", "-1", "1" * 10, "1." * 60 + "1", "0\0", "0 " * 1000 + "0"]


@pytest.mark.parametrize("known", NONSENSE)
def test_a_page_that_tells_nonsense_of_what_it_knows_is_refused(
    client: Client, attempt: Attempt, known: str
) -> None:
    told = send(client, attempt, 1, known, **change(attempt, 1))
    assert (told.status_code, "out of sync" in told.content.decode()) == (422, True)
    form = {"known": known, "whole": "1", "choice-1": keyed(answers(attempt)[0])}
    finished = client.post(f"{attempt.get_absolute_url()}finish/", form, follow=True)
    assert "out of sync" in finished.content.decode()
    assert [answer.response for answer in answers(attempt)] == [[], [], [], []]


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
    known = saves(attempt)
    with CaptureQueriesContext(connection) as asked:
        send(client, attempt, 2, known, **change_of_one)
    asked_for = [query["sql"] for query in asked if "SAVEPOINT" not in query["sql"]]
    # Session, the attempt, its answers, the one that changes.
    assert len(asked_for) <= 4
    assert not [sql for sql in asked_for if "questionversion" in sql]


def test_nothing_is_saved_of_what_ended_meanwhile(attempt: Attempt) -> None:
    services.finish(attempt, {})
    for flags in ({1: True}, {}):
        saved = saving.save_sheet(attempt.pk, {}, 9, flags, known={1: {0}})
        assert (saved.passed_over, saved.sheet) == (sorted(flags), None)
