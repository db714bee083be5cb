"""The ten-question test: started once, saved as one goes, left and come back to."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Learner
from lessons.models import Topic
from quizzes import queries, saving
from quizzes.models import Attempt
from tests.factories import HTMX, answers, client_of, keyed, make_learner, make_topic, mistaken
from tests.quizzes.reading import chosen, radios

pytestmark = pytest.mark.django_db
TEST = "/learn/gradients/test/"


@pytest.fixture(autouse=True)
def topic() -> Topic:
    return make_topic("gradients", practice=5, inline=3, bank=2)


@pytest.fixture
def client() -> Client:
    return client_of(make_learner())


def started(client: Client) -> Attempt:
    response = client.post(TEST)
    attempt = Attempt.objects.get()
    assert (response.status_code, response["Location"]) == (302, f"/attempts/{attempt.pk}/")
    return attempt


def test_its_page_says_what_it_is_and_starts_nothing() -> None:
    page = Client().get(TEST).content.decode()
    assert "10 questions" in page
    assert not Attempt.objects.exists()
    assert not Learner.objects.exists()


def test_a_second_start_returns_to_the_open_one(client: Client) -> None:
    attempt = started(client)
    assert started(client) == attempt
    assert "Continue" in client.get(TEST).content.decode()


def test_all_ten_are_asked_on_one_page(client: Client) -> None:
    attempt = started(client)
    page = client.get(attempt.get_absolute_url()).content.decode()
    groups: dict[str, list[str]] = {}
    for radio in radios(page):
        groups.setdefault(radio.name, []).append(radio.value)
    assert groups == {f"choice-{answer.position}": answer.order for answer in answers(attempt)}
    assert all(answer.version.facts.stem in page for answer in answers(attempt))
    for unseen in ("First this", "It asks this", "Whoever takes", "Think of the gradient"):
        assert unseen not in page


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_what_is_chosen_is_kept(client: Client, headers: dict[str, str]) -> None:
    attempt = started(client)
    first, *_, last = answers(attempt)
    posted = {"seq": "1", "choice-1": keyed(first), "choice-10": mistaken(last)}
    response = client.post(attempt.get_absolute_url(), posted, headers=headers, follow=True)
    assert response.status_code == 200
    page = client.get(attempt.get_absolute_url()).content.decode()
    assert chosen(page) == {"choice-1": keyed(first)[0], "choice-10": mistaken(last)[0]}


def test_the_page_tells_neither_right_nor_wrong_while_it_is_open(client: Client) -> None:
    attempt = started(client)
    first, second, *_ = answers(attempt)
    posted = {"seq": "1", "choice-1": keyed(first), "choice-2": mistaken(second)}
    saved = client.post(attempt.get_absolute_url(), posted, headers=HTMX).content.decode()
    for text in (saved, client.get(attempt.get_absolute_url()).content.decode()):
        assert 'class="right"' not in text
        assert 'class="wrong"' not in text


def test_a_late_save_does_not_undo_a_newer_one(client: Client) -> None:
    attempt = started(client)
    first = answers(attempt)[0]
    url = attempt.get_absolute_url()
    client.post(url, {"seq": "2", "choice-1": keyed(first)}, headers=HTMX)
    client.post(url, {"seq": "1", "choice-1": mistaken(first)}, headers=HTMX)
    assert answers(attempt)[0].response == keyed(first)


def test_a_plain_form_is_kept_as_it_was_sent_last(client: Client) -> None:
    """Without JavaScript a page goes back and forth with the number it was loaded with."""
    attempt = started(client)
    first = answers(attempt)[0]
    url = attempt.get_absolute_url()
    for choice in (keyed(first), mistaken(first)):
        response = client.post(url, {"seq": "1", "choice-1": choice}, follow=True)
        assert "Your answers are saved" in response.content.decode()
    assert answers(attempt)[0].response == mistaken(first)


def test_whoever_saves_to_go_on_later_leaves_the_page(client: Client) -> None:
    attempt = started(client)
    first = answers(attempt)[0]
    form = {"seq": "1", "choice-1": keyed(first), "later": "1"}
    response = client.post(attempt.get_absolute_url(), form, follow=True)
    assert response.redirect_chain == [("/me/", 302)]
    assert "Your answers are saved. The test is still open." in response.content.decode()
    assert answers(attempt)[0].response == keyed(first)


def test_whoever_leaves_an_overtaken_page_is_told_and_undoes_nothing(client: Client) -> None:
    attempt = started(client)
    first, page = answers(attempt)[0], queries.attempt_page(attempt)
    saving.save(attempt, {1: keyed(first)}, seq=1)
    form = {"seq": "1", "known": page.known, "choice-1": mistaken(first), "later": "1"}
    response = client.post(attempt.get_absolute_url(), form)
    assert response.status_code == 409
    assert "changed in another tab" in response.content.decode()
    assert answers(attempt)[0].response == keyed(first)


def test_an_option_of_another_question_is_refused(client: Client) -> None:
    attempt = started(client)
    first = answers(attempt)[0]
    posted = {"seq": "1", "choice-1": keyed(first), "choice-2": keyed(first)}
    refused = client.post(attempt.get_absolute_url(), posted)
    assert refused.status_code == 422
    assert "Question 2: " in refused.content.decode()
    assert [answer.response for answer in answers(attempt)[:2]] == [keyed(first), []]


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_flag_is_kept_and_taken_back(client: Client, headers: dict[str, str]) -> None:
    attempt = started(client)
    url = attempt.get_absolute_url()
    for seq, flags in ((1, {"flag-2": "1", "flag-3": "1"}), (2, {"flag-3": "1"})):
        posted = {"seq": str(seq), "whole": "1", **flags}
        saved = client.post(url, posted, headers=headers, follow=True).content.decode()
        assert f"0 of 10 answered, {len(flags)} flagged" in saved
    assert [answer.position for answer in answers(attempt) if answer.flagged] == [3]
    page = client.get(url).content.decode()
    assert "10 of 10 not answered yet, 1 flagged" in page
    assert re.findall(r'name="flag-(\d+)"\s+value="1"\s+checked', page) == ["3"]


def test_the_navigator_names_every_state(client: Client) -> None:
    attempt = started(client)
    first = keyed(answers(attempt)[0])
    posted = {"seq": "1", "whole": "1", "choice-1": first, "flag-1": "1"}
    saved = client.post(attempt.get_absolute_url(), posted, headers=HTMX).content.decode()
    said = re.findall(r"data-place-state>(.*?)</span>", saved)
    assert said == ["answered, flagged", *["not answered"] * 9]


def test_a_limit_is_told_with_the_seconds_that_are_left(client: Client) -> None:
    attempt = started(client)
    url = attempt.get_absolute_url()
    assert "Time is up at" not in client.get(url).content.decode()
    Attempt.objects.update(expires_at=timezone.now() + timedelta(minutes=10))
    page = client.get(url).content.decode()
    assert "Time is up at" in page
    [left] = re.findall(r'data-seconds-left="(\d+)"', page)
    assert 590 < int(left) <= 600


def test_an_open_page_is_told_the_time_by_every_save_and_when_it_asks(client: Client) -> None:
    url = started(client).get_absolute_url()
    asked, saved = f"{url}?part=time", {"seq": "1"}
    assert "X-Seconds-Left" not in client.get(asked)
    assert "X-Seconds-Left" not in client.post(url, saved, headers=HTMX)
    Attempt.objects.update(expires_at=timezone.now() + timedelta(minutes=10))
    for answer in (client.get(asked), client.post(url, saved, headers=HTMX)):
        assert 590 < int(answer["X-Seconds-Left"]) <= 600
    assert client.get(asked).status_code == 204
    assert Client().get(asked).status_code == 404
    Attempt.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.get(asked).headers["Location"] == f"{url}result/"


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_refused(client: Client, method: str) -> None:
    attempt = started(client)
    assert getattr(client, method)(TEST).status_code == 405
    assert getattr(client, method)(attempt.get_absolute_url()).status_code == 405


def test_an_outsider_finds_nothing(client: Client) -> None:
    attempt = started(client)
    for outsider in (Client(), client_of(make_learner())):
        assert outsider.get(attempt.get_absolute_url()).status_code == 404
        assert outsider.post(attempt.get_absolute_url(), {"seq": "9"}).status_code == 404


def test_an_open_practice_set_is_gone_on_with_on_its_own_page(client: Client) -> None:
    page = client.get("/learn/gradients/practice/1/").content.decode()
    option = re.search(r'name="choice"\s+value="([0-9a-f]{6})"', page)
    assert option
    client.post("/learn/gradients/practice/1/", {"choice": option[1]})
    attempt = Attempt.objects.get()
    answer = answers(attempt)[1]
    form = {"seq": "9", f"choice-{answer.position}": mistaken(answer)}
    for response in (
        client.get(attempt.get_absolute_url()),
        client.post(attempt.get_absolute_url(), form),
        client.post(attempt.get_absolute_url(), form, headers=HTMX),
    ):
        assert response["Location"] == "/learn/gradients/practice/1/"
    assert answers(attempt)[1].response == []


def test_a_finished_test_leads_to_its_result(client: Client) -> None:
    attempt = started(client)
    client.post(f"/attempts/{attempt.pk}/finish/")
    for response in (
        client.get(attempt.get_absolute_url()),
        client.post(attempt.get_absolute_url(), {"seq": "99", "choice-1": "ffffff"}),
    ):
        assert response["Location"] == f"/attempts/{attempt.pk}/result/"


def test_a_test_of_nothing_says_so() -> None:
    make_topic("empty")
    assert "nothing to be tested on" in Client().get("/learn/empty/test/").content.decode()
    assert Client().post("/learn/empty/test/").status_code == 404
