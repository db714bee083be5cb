"""What is typed for a test's run before it is asked for: kept, drawn again, and trained with."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.fixtures import Settings

from quizzes import drafts, saving, services
from quizzes.drafts import Wish
from quizzes.kinds import BadResponse
from quizzes.models import Attempt
from quizzes.personal_data import exported
from quizzes.queries import next_seq
from quizzes.sheets import RUN
from tests.factories import HTMX, answers, client_of, keyed, make_learner, make_topic, quiz
from tests.security.hostile import LONE_SURROGATE, NUL, WORDS

pytestmark = pytest.mark.django_db
TYPED = {"predicted_percent": "80", "seed": "5"}


@pytest.fixture
def attempt() -> Attempt:
    return services.start(quiz(make_topic(practice=3), "test"), make_learner())


@pytest.fixture
def client(attempt: Attempt) -> Client:
    return client_of(attempt.learner)


AT_FIRST = "0 0 0 0"


def send(
    client: Client, attempt: Attempt, seq: int, known: str | None = None, **changes: Any
) -> HttpResponse:
    """What the page of the test posts as one goes; by default it knows of every save."""
    form = {"seq": str(seq), "known": saves(attempt) if known is None else known, **changes}
    sent = client.post(attempt.get_absolute_url(), form, headers=HTMX)
    assert isinstance(sent, HttpResponse)
    return sent


def saves(attempt: Attempt) -> str:
    """What a page that is drawn now knows."""
    numbers = [*(answer.seq for answer in answers(attempt)), kept(attempt).draft_seq]
    return " ".join(map(str, numbers))


def answered(attempt: Attempt) -> dict[str, Any]:
    """The first question, answered rightly."""
    return {"asked-1": "1", "choice-1": keyed(answers(attempt)[0])}


def drawn(client: Client, attempt: Attempt) -> dict[str, str]:
    """What stands in the fields of the run on the attempt's page."""
    form = client.get(attempt.get_absolute_url()).context["form"]
    return {name: str(form[name].value() or "") for name in drafts.FIELDS}


def expire(attempt: Attempt) -> None:
    past = timezone.now() - timedelta(seconds=1)
    Attempt.objects.filter(pk=attempt.pk).update(expires_at=past)


def kept(attempt: Attempt) -> Attempt:
    return Attempt.objects.select_related("run").get(pk=attempt.pk)


def wished(attempt: Attempt) -> tuple[int, float | None]:
    """What the attempt's run was asked for with."""
    run = kept(attempt).run
    assert run is not None
    return run.plan["seed"], run.prediction


def test_what_was_typed_is_there_again(client: Client, attempt: Attempt) -> None:
    assert send(client, attempt, 1, **TYPED).status_code == 200
    assert drawn(client, attempt) == TYPED
    parts = send(client, attempt, 2, **answered(attempt))
    assert "1 of 3 answered" in parts.content.decode(), "what is counted are questions"
    assert drawn(client, attempt) == TYPED


def test_a_plain_save_keeps_it_however_often_it_is_sent(client: Client, attempt: Attempt) -> None:
    page = {"seq": "1", "whole": "1"}
    for percent in ("80", "70", "60.5"):
        form = page | TYPED | {"predicted_percent": percent}
        saved = client.post(attempt.get_absolute_url(), form, follow=True)
        assert "Your answers are saved." in saved.content.decode()
        assert drawn(client, attempt) == TYPED | {"predicted_percent": percent}


def test_to_go_on_later_keeps_it(client: Client, attempt: Attempt) -> None:
    form = {"seq": "1", "whole": "1", "later": "1", **TYPED}
    assert client.post(attempt.get_absolute_url(), form)["Location"] == "/me/"
    assert drawn(client, attempt) == TYPED


def test_what_is_emptied_stays_empty(client: Client, attempt: Attempt) -> None:
    send(client, attempt, 1, **TYPED)
    send(client, attempt, 2, predicted_percent="", seed="")
    assert drawn(client, attempt) == {"predicted_percent": "", "seed": ""}


def test_a_form_that_nobody_has_filled_in_keeps_nothing(client: Client, attempt: Attempt) -> None:
    own = {"predicted_percent": "", "seed": str(attempt.learner.seed)}
    assert drawn(client, attempt) == own
    client.post(attempt.get_absolute_url(), {"seq": "1", "whole": "1", **own})
    assert (kept(attempt).draft, kept(attempt).draft_seq) == ({}, 0)


@pytest.mark.parametrize("seq", [1, 2, 7, 99_999_999])
def test_nothing_is_undone_that_the_page_does_not_know(
    client: Client, attempt: Attempt, seq: int
) -> None:
    send(client, attempt, 2, **TYPED)
    told = send(client, attempt, seq, AT_FIRST, predicted_percent="10", seed="6")
    assert told.status_code == 409
    assert told.content.decode() == (
        "Not saved: the prediction or the seed was changed in another tab or browser, and that"
        " stays. This page stopped saving."
    )
    assert drawn(client, attempt) == TYPED


def test_of_who_does_not_tell_what_is_known_an_older_save_never_wins(attempt: Attempt) -> None:
    assert saving.save(attempt, {}, 2, draft=TYPED) == []
    for seq in (1, 2):
        assert saving.save(attempt, {}, seq, draft={"seed": "6"}) == [RUN]
    assert kept(attempt).draft == TYPED
    assert next_seq(attempt.pk) == 3


def test_the_same_again_is_taken(client: Client, attempt: Attempt) -> None:
    own = "0 0 0 0.1"
    assert {send(client, attempt, 1, own, **TYPED).status_code for _ in range(2)} == {200}
    assert kept(attempt).draft_seq == 1


def test_a_page_that_shows_another_draft_is_told_and_its_answer_is_kept(
    client: Client, attempt: Attempt
) -> None:
    answer = answered(attempt)
    send(client, attempt, 1, **TYPED)
    told = send(client, attempt, 2, AT_FIRST, **answer)
    assert told.status_code == 409
    assert told.content.decode() == (
        "Saved. But the prediction or the seed was changed in another tab or browser."
        " This page stopped saving."
    )
    assert answers(attempt)[0].response == answer["choice-1"]
    page = client.get(attempt.get_absolute_url()).context["page"]
    assert (page.next_seq, page.known) == (3, "2 0 0 1")


def test_a_page_that_is_behind_with_both_is_told_of_both(client: Client, attempt: Attempt) -> None:
    answer = answered(attempt)
    send(client, attempt, 1, **answer, **TYPED)
    told = send(client, attempt, 2, AT_FIRST, **{"asked-1": "1", "flag-1": "1"}, seed="6")
    assert told.content.decode().startswith(
        "Not saved: question 1 and the prediction or the seed were changed in another tab"
    )


def test_a_response_that_is_refused_does_not_take_it_along(
    client: Client, attempt: Attempt
) -> None:
    refused = send(client, attempt, 1, **{"asked-1": "1", "choice-1": "none"}, **TYPED)
    assert refused.status_code == 422
    assert drawn(client, attempt) == TYPED


def test_what_is_not_valid_is_kept_until_the_finish_tells(client: Client, attempt: Attempt) -> None:
    wrong = {"predicted_percent": "150", "seed": "a few"}
    assert send(client, attempt, 1, **wrong).status_code == 200
    assert drawn(client, attempt) == wrong
    finish = f"{attempt.get_absolute_url()}finish/"
    refused = client.post(finish, {"seq": "2", "whole": "1", **wrong})
    assert refused.status_code == 422
    assert "Enter a percentage from 0 to 100" in refused.content.decode()
    assert "Enter a whole number from 0" in refused.content.decode()
    assert kept(attempt).is_open


def test_a_finish_that_is_refused_keeps_what_came_with_it(client: Client, attempt: Attempt) -> None:
    form = {"seq": "1", "known": AT_FIRST, "whole": "1", "predicted_percent": "150", "seed": "5"}
    page = client.post(f"{attempt.get_absolute_url()}finish/", form)
    assert page.status_code == 422
    assert drawn(client, attempt) == {"predicted_percent": "150", "seed": "5"}
    assert page.context["page"].known == "0 0 0 1"


def test_a_finish_trains_with_what_it_brings(client: Client, attempt: Attempt) -> None:
    send(client, attempt, 1, **TYPED)
    form = {"seq": "2", "known": "0 0 0 0.1", "predicted_percent": "70", "seed": "6"}
    client.post(f"{attempt.get_absolute_url()}finish/", form)
    assert wished(attempt) == (6, 0.7)


def test_a_finish_from_a_page_that_is_behind_trains_with_what_was_saved(
    client: Client, attempt: Attempt
) -> None:
    send(client, attempt, 3, **TYPED)
    form = {"seq": "4", "known": AT_FIRST, "predicted_percent": "", "seed": "6"}
    client.post(f"{attempt.get_absolute_url()}finish/", form)
    assert wished(attempt) == (5, 0.8)


def test_and_is_told_where_that_is_not_valid(client: Client, attempt: Attempt) -> None:
    send(client, attempt, 3, predicted_percent="150", seed="5")
    form = {"seq": "4", "known": AT_FIRST, "predicted_percent": "", "seed": "6"}
    page = client.post(f"{attempt.get_absolute_url()}finish/", form, follow=True)
    assert "Your prediction, in percent: Enter a percentage from 0 to 100" in page.content.decode()
    assert kept(attempt).is_open
    assert drawn(client, attempt) == {"predicted_percent": "150", "seed": "5"}


@pytest.mark.parametrize(
    ("typed", "seed", "prediction"),
    [
        (TYPED, 5, 0.8),
        ({"predicted_percent": "150", "seed": "5"}, 5, None),
        ({"predicted_percent": "80", "seed": "-1"}, None, 0.8),
        ({"predicted_percent": "", "seed": ""}, None, None),
    ],
)
def test_the_clock_trains_with_what_is_valid(
    client: Client,
    attempt: Attempt,
    typed: dict[str, str],
    seed: int | None,
    prediction: float | None,
) -> None:
    send(client, attempt, 1, **typed)
    expire(attempt)
    page = client.get(attempt.get_absolute_url(), follow=True)
    assert wished(attempt) == (attempt.learner.seed if seed is None else seed, prediction)
    assert ("Your prediction" in page.content.decode()) == (prediction is not None)


def test_what_comes_after_the_clock_does_not_count(client: Client, attempt: Attempt) -> None:
    send(client, attempt, 1, **TYPED)
    expire(attempt)
    late = {"seq": "2", "known": "0 0 0 1", "predicted_percent": "10", "seed": "6"}
    client.post(f"{attempt.get_absolute_url()}finish/", late)
    assert wished(attempt) == (5, 0.8)


@pytest.mark.parametrize("ends", ["finish", "clock"])
def test_it_is_there_for_a_run_that_could_not_be_had(
    client: Client, attempt: Attempt, settings: Settings, ends: str
) -> None:
    settings.GUEST_ACTIVE_RUNS = settings.MEMBER_ACTIVE_RUNS = 0
    if ends == "clock":
        send(client, attempt, 1, predicted_percent="57.3", seed="5")
        expire(attempt)
        client.get(attempt.get_absolute_url())
    else:
        form = {"predicted_percent": "57.3", "seed": "5"}
        client.post(f"{attempt.get_absolute_url()}finish/", form)
    assert kept(attempt).run is None
    form = client.get(f"{attempt.get_absolute_url()}result/").context["form"]
    assert [form[name].value() for name in drafts.FIELDS] == ["57.3", "5"]


@pytest.mark.parametrize("name", drafts.FIELDS)
def test_hostile_text_is_kept_harmless(client: Client, attempt: Attempt, name: str) -> None:
    for seq, text in enumerate(WORDS, start=1):
        assert send(client, attempt, seq, **{name: text}).status_code == 200
        text_kept = kept(attempt).draft.get(name, "")
        assert len(text_kept) <= drafts.LONGEST + 1
        assert text_kept.isprintable()
        assert client.get(attempt.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("text", [NUL, LONE_SURROGATE, "8\x000", "9" * 5000, "0" * 5000, "8 0"])
def test_what_was_no_number_does_not_become_one(text: str) -> None:
    draft = drafts.posted({"predicted_percent": text, "seed": text})
    assert drafts.wish_of(draft) == Wish(None, None)
    with pytest.raises(BadResponse, match="Enter a "):
        drafts.wish_of(draft, strict=True)


def test_it_costs_one_query_when_it_changes_and_none_else(attempt: Attempt) -> None:
    def queries(seq: int, draft: dict[str, str]) -> int:
        with CaptureQueriesContext(connection) as asked:
            saving.save(attempt, {1: keyed(answers(attempt)[0])}, seq, draft=draft)
        return len(asked)

    queries(1, {})
    without = queries(2, {})
    assert (queries(3, TYPED), queries(4, TYPED)) == (without + 1, without)


def test_it_is_among_what_is_kept_of_a_learner(client: Client, attempt: Attempt) -> None:
    send(client, attempt, 1, **TYPED)
    [its_own] = exported(attempt.learner)["attempts"]
    assert its_own["typed_for_the_run"] == TYPED
