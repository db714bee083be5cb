"""A lesson's page whose answers were set aside, or deleted, since it was opened says so."""

from html import unescape

import pytest
from django.test import Client

from quizzes import lifecycle
from quizzes.models import Attempt, Question
from tests.factories import (
    HTMX,
    client_of,
    make_learner,
    make_lesson,
    make_teacher,
    make_topic,
    right_choice,
    wrong_choice,
)
from tests.quizzes.sending import form, form_of

pytestmark = pytest.mark.django_db
LESSON = "/learn/gradients/experiment/"
CHECK = f"{LESSON}check/"
BOTH = pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
NUMBERS = pytest.mark.parametrize("number", [1, 2], ids=["answered", "left open"])


@pytest.fixture
def client() -> Client:
    make_lesson(make_topic("gradients", inline=2))
    return client_of(make_learner())


@pytest.fixture
def late(client: Client) -> dict[str, str]:
    """The fields of a page with an attempt in which the first question was answered."""
    sent = form(client, LESSON, CHECK) | {"choice": right_choice(question(1))}
    client.post(CHECK, sent)
    return form(client, LESSON, CHECK, 2)


def question(number: int) -> Question:
    return Question.objects.get(position=number)


def told(client: Client, fields: dict[str, str], headers: dict[str, str]) -> str:
    """The refusal; its form sends what was chosen, and that counts then."""
    number = int(fields["question"])
    choice = wrong_choice(question(number))
    refused = client.post(CHECK, fields | {"choice": choice}, headers=headers)
    page = unescape(refused.content.decode())
    assert refused.status_code == 409
    assert not Attempt.objects.filter(state=Attempt.State.OPEN).exists()
    assert "finished elsewhere" not in page
    assert "that answer counts" not in page
    assert f'value="{choice}"\n         checked' in page
    if headers:  # nor would a script leave what was answered in its place
        assert "hx-preserve" not in page
    again = form_of(refused.content.decode(), CHECK, number) | {"choice": choice}
    assert client.post(CHECK, again).status_code == 302
    assert Attempt.objects.get(state=Attempt.State.OPEN).answers.get(position=number).is_locked
    return " ".join(page.split())


@BOTH
@NUMBERS
def test_what_was_set_aside_is_told_with_the_reason(
    client: Client, late: dict[str, str], headers: dict[str, str], number: int
) -> None:
    lifecycle.void(Attempt.objects.get(), "The key was shown.", make_teacher())
    page = told(client, late | {"question": str(number)}, headers)
    assert "were set aside and do not count, nor does what you sent just now" in page
    assert "The reason: The key was shown." in page


@BOTH
@NUMBERS
def test_what_was_deleted_is_told(
    client: Client, late: dict[str, str], headers: dict[str, str], number: int
) -> None:
    Attempt.objects.all().delete()
    page = told(client, late | {"question": str(number)}, headers)
    assert "were deleted and do not count, nor does what you sent just now" in page


@NUMBERS
def test_one_that_is_set_aside_while_it_is_answered_does_not_count_either(
    client: Client, late: dict[str, str], number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt, teacher, held = Attempt.objects.get(), make_teacher(), lifecycle.held

    def voided_before(key: object) -> object:
        lifecycle.void(attempt, "The key was shown.", teacher)
        return held(attempt.pk)

    monkeypatch.setattr(lifecycle, "held", voided_before)
    sent = late | {"question": str(number), "choice": wrong_choice(question(number))}
    refused = client.post(CHECK, sent)
    assert refused.status_code == 409
    assert "set aside and do not count" in refused.content.decode()
