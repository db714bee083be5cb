"""A page that was opened as a guest and is sent after signing in counts for the account."""

import pytest
from django.test import Client

from lessons.models import Topic
from quizzes.models import Answer, Attempt, Quiz
from tests.factories import HTMX, PASSWORD, make_lesson, make_topic, make_user, right_choice
from tests.quizzes.sending import form

pytestmark = pytest.mark.django_db
FIRST, LAST = "/learn/gradients/practice/1/", "/learn/gradients/practice/2/"
LESSON = "/learn/gradients/experiment/"
CHECK = f"{LESSON}check/"
BOTH = pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])


@pytest.fixture(autouse=True)
def topic() -> Topic:
    topic = make_topic("gradients", practice=2, inline=2)
    make_lesson(topic)
    Quiz.objects.filter(topic=topic).exclude(kind="test").update(behaviour="interactive", tries=3)
    make_user("ada")
    return topic


@pytest.fixture
def guest() -> Client:
    """A guest's, who has tried one option of the first question."""
    guest = Client()
    guest.post(FIRST, form(guest, FIRST) | {"choice": wrong()[0]})
    return guest


def sign_in(guest: Client) -> None:
    signed_in = guest.post("/accounts/login/", {"login": "ada", "password": PASSWORD})
    assert signed_in.status_code == 302


def wrong(use: str = "practice", number: int = 1) -> list[str]:
    """The wrong options of a question."""
    asked = Topic.objects.get().questions.get(use=use, position=number)
    return list(asked.choices.filter(correct=False).values_list("ident", flat=True))


def mine() -> Answer:
    return Answer.objects.get(attempt__learner__user__username="ada", position=1)


@BOTH
def test_it_is_taken_although_the_guest_has_tried(guest: Client, headers: dict[str, str]) -> None:
    theirs = form(guest, FIRST)
    sign_in(guest)
    for _ in ("sent", "sent again"):
        taken = guest.post(FIRST, theirs | {"choice": wrong()[1]}, headers=headers)
        assert taken.status_code == (200 if headers else 302)
    assert (mine().response, mine().tries) == ([wrong()[1]], 1)
    assert "Not right yet" in guest.get(FIRST).content.decode()


def test_it_takes_back_no_try_in_the_set_of_the_account(guest: Client) -> None:
    theirs = form(guest, FIRST)
    sign_in(guest)
    guest.post(FIRST, form(guest, FIRST) | {"choice": wrong()[2]})
    late = guest.post(FIRST, theirs | {"choice": wrong()[1]})
    assert late.status_code == 409
    assert "You already answered this question in another tab" in late.content.decode()
    assert (mine().response, mine().tries) == ([wrong()[2]], 1)


def test_what_was_typed_for_the_run_goes_along(guest: Client) -> None:
    guest.post(LAST, form(guest, LAST) | {"choice": wrong(number=2)[0], "seed": "4"})
    theirs = form(guest, LAST)
    sign_in(guest)
    guest.post(LAST, theirs | {"choice": wrong(number=2)[1], "predicted_percent": "80"})
    draft = Attempt.objects.get(learner__user__username="ada").draft
    assert draft["predicted_percent"] == "80"


def test_a_lessons_page_goes_on_and_does_not_keep_the_guests_answers(guest: Client) -> None:
    right = right_choice(Topic.objects.get().questions.get(use="inline", position=1))
    guest.post(CHECK, form(guest, LESSON, CHECK) | {"choice": right})
    theirs = form(guest, LESSON, CHECK, 2)
    sign_in(guest)
    sent = theirs | {"choice": wrong("inline", 2)[0]}
    page = guest.post(CHECK, sent, headers=HTMX).content.decode()
    assert "Not right yet" in page
    # A script would leave the question in its place as the guest had answered it.
    assert "hx-preserve" not in page
    sent = form(guest, LESSON, CHECK, 2) | {"choice": wrong("inline", 2)[1]}
    assert "hx-preserve" in guest.post(CHECK, sent, headers=HTMX).content.decode()
