"""What an open test asks is explained nowhere else until it is finished."""

import pytest
from django.test import Client

from lessons.models import Topic
from quizzes import cards, services
from quizzes.models import Answer
from tests.factories import (
    HTMX,
    PASSWORD,
    answers,
    client_of,
    keyed,
    make_learner,
    make_lesson,
    make_topic,
    make_user,
    missed,
    quiz,
    right_choice,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def topic() -> Topic:
    return make_topic("gradients", practice=3, inline=1)


HINT, NO_HINT = "Think of the gradient", "This question is in the test that you have open"


def test_practice_gives_no_hint_to_what_an_open_test_asks(topic: Topic) -> None:
    learner = make_learner()
    client, address = client_of(learner), f"/learn/{topic.slug}/practice/1/"

    def pages() -> list[str]:
        asked = [client.get(address), client.get(address, headers=HTMX)]
        wrong = {"choice": "x"}
        refused = [client.post(address, wrong), client.post(address, wrong, headers=HTMX)]
        return [page.content.decode() for page in (*asked, *refused)]

    test = services.start(quiz(topic, "test"), learner)
    not_begun = client.get(address).content.decode()
    services.start(quiz(topic), learner)
    for page in (not_begun, *pages()):
        assert HINT not in page
        assert NO_HINT in page
    services.finish(test, {})
    for page in pages():
        assert HINT in page
        assert NO_HINT not in page


def test_practice_that_is_not_finished_gives_no_hint_either(topic: Topic) -> None:
    learner = make_learner()
    services.start(quiz(topic, "test"), learner)
    practice = services.start(quiz(topic), learner)
    refused = client_of(learner).post(f"/attempts/{practice.pk}/finish/", {"seed": "x"})
    assert refused.status_code == 422
    assert HINT not in refused.content.decode()
    assert NO_HINT in refused.content.decode()


EXPLAINED, TESTED = "First this, then that.", "is withheld until you finish it"


@pytest.mark.parametrize("use", ["practice", "inline"])
def test_what_an_open_test_asks_is_explained_nowhere(topic: Topic, use: str) -> None:
    make_lesson(topic)
    learner = make_learner()
    attempt = services.start(quiz(topic, use), learner)
    places = {"practice": "practice/1/", "inline": "experiment/"}
    address = f"/learn/{topic.slug}/{places[use]}"
    services.check(attempt, 1, keyed(answers(attempt)[0]))
    test = services.start(quiz(topic, "test"), learner)
    client = client_of(learner)
    page = client.get(address).content.decode()
    assert EXPLAINED not in page
    assert TESTED in page
    assert "choice-mark" not in page
    first, second, *_ = client.get("/me/data/").json()["attempts"][0]["questions"] + [None]
    assert (first["right"], first["answer"]) == (None, None)
    assert first["withheld_until_the_open_test_is_finished"]
    if second:
        assert second["answer"] == []
    assert f'href="{test.get_absolute_url()}"' in page
    services.finish(test, {})
    page = client.get(address).content.decode()
    assert EXPLAINED in page
    assert TESTED not in page


@pytest.mark.parametrize("kind", ["practice", "test"])
def test_nor_is_it_in_an_earlier_result(topic: Topic, kind: str) -> None:
    learner = make_learner()
    earlier = services.start(quiz(topic, kind), learner)
    services.finish(earlier, {it.position: keyed(it) for it in answers(earlier)})
    client, address = client_of(learner), f"/attempts/{earlier.pk}/result/"
    test = services.start(quiz(topic, "test"), learner)
    page = client.get(address).content.decode()
    assert EXPLAINED not in page
    assert "Some of these questions are in the test that you have open" in page
    assert f'href="{test.get_absolute_url()}"' in page
    asked = len(answers(earlier))
    assert f"{asked} of {asked}" in page, "what it was worth is told on other pages, too"
    assert "weights += 0" in page
    assert "Your choice" not in page, "with a full score, it tells the key"
    assert 'class="feedback right"' not in page
    services.finish(test, {})
    assert EXPLAINED in client.get(address).content.decode()


def test_a_lesson_gives_no_hint_to_what_an_open_test_asks(topic: Topic) -> None:
    make_lesson(topic)
    learner = make_learner()
    client, address = client_of(learner), f"/learn/{topic.slug}/experiment/"
    checked = {"question": "1", "choice": "x"}
    test = services.start(quiz(topic, "test"), learner)
    for part in (
        client.get(address),
        client.post(f"{address}check/", checked),
        client.post(f"{address}check/", checked, headers=HTMX),
    ):
        assert HINT not in part.content.decode()
        assert NO_HINT in part.content.decode()
    services.finish(test, {})
    assert HINT in client.get(address).content.decode()


def test_what_a_guests_test_asks_is_not_explained_to_the_account_that_it_waits_for(
    topic: Topic,
) -> None:
    make_lesson(topic)
    client = Client()
    client.post(f"/learn/{topic.slug}/test/")
    user = make_user("ada")
    client.post("/accounts/login/", {"login": "ada", "password": PASSWORD})
    question = topic.questions.get(use="practice", position=1)
    address = f"/learn/{topic.slug}/practice/1/"
    for page in (address, f"/learn/{topic.slug}/experiment/"):
        drawn = client.get(page).content.decode()
        assert HINT not in drawn, "an account that has done nothing yet"
        assert NO_HINT in drawn
    refused = client.post(address, {"choice": right_choice(question)})
    assert refused.status_code == 422
    assert cards.IN_OPEN_TEST in refused.content.decode()
    assert not Answer.objects.filter(attempt__learner__user=user, correct__isnull=False).exists()


def test_practice_leads_to_the_test_instead_of_a_check_that_would_be_refused(topic: Topic) -> None:
    learner = make_learner()
    test = services.start(quiz(topic, "test"), learner)
    practice = services.start(quiz(topic), learner)
    client, address = client_of(learner), f"/learn/{topic.slug}/practice/3/"
    page = client.get(address).content.decode()
    assert "Check the answer" not in page
    assert f'formaction="/attempts/{practice.pk}/finish/"' not in page
    assert page.count(f'href="{test.get_absolute_url()}"') == 2
    refused = client.post(address, {"choice": keyed(answers(practice)[2])})
    assert refused.context["page"].questions[2].status == "open", "nothing was kept"
    assert refused.context["page"].unanswered == 3
    assert any(choice.chosen for choice in refused.context["question"].choices)
    services.finish(test, {})
    assert "Check the answer" in client.get(address).content.decode()


def test_the_topic_leads_back_to_the_open_test(topic: Topic) -> None:
    learner = make_learner()
    client, address = client_of(learner), f"/learn/{topic.slug}/"
    test = services.start(quiz(topic, "test"), learner)
    page = client.get(address).content.decode()
    assert "Continue your test" in page
    assert "recommended" not in page.split("Test yourself")[1]
    services.finish(test, {})
    assert "Continue your test" not in client.get(address).content.decode()


def test_the_review_says_what_it_holds_back(topic: Topic) -> None:
    card = missed(topic, make_learner())
    client = client_of(card.learner)
    test = services.start(quiz(topic, "test"), card.learner)
    review_page = client.get("/me/review/").content.decode()
    assert "1 question that is due" in " ".join(review_page.split())
    assert f'href="{test.get_absolute_url()}"' in review_page
    (review,) = client.get("/me/data/").json()["reviews"]
    assert {recall["rating"] for recall in review["answered"]} == {None}
    services.finish(test, {})
    assert "that is due" not in client.get("/me/review/").content.decode()
