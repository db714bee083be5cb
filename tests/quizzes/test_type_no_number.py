"""Text that is not a number is kept in a test, and reported before the end."""

import pytest

from quizzes import saving, services
from quizzes.models import Attempt, Card
from quizzes.queries import attempt_page
from tests.factories import HTMX, client_of, make_learner, make_numeric, make_topic, quiz

pytestmark = pytest.mark.django_db
TOLD = "This is not a number yet"


@pytest.fixture
def attempt() -> Attempt:
    """A test whose one question asks for a number of updates."""
    topic = make_topic()
    make_numeric(topic, use="bank")
    return services.start(quiz(topic, "test"), make_learner())


@pytest.mark.parametrize(
    ("typed", "is_answered"),
    [
        ("5", True),
        ("5 updates", True),
        ("1,688", True),
        ("", False),
        ("abc", False),
        ("5 ms", False),
    ],
)
def test_only_a_number_answers_the_question(
    attempt: Attempt, typed: str, *, is_answered: bool
) -> None:
    sheet = saving.save_sheet(attempt.pk, {1: [typed]}, 1).sheet
    assert sheet is not None
    assert sheet == attempt_page(attempt).sheet
    assert sheet.answered == int(is_answered)
    assert sheet.places[0].is_unreadable is (bool(typed) and not is_answered)


def test_the_page_says_so_and_takes_it_back(attempt: Attempt) -> None:
    client, page = client_of(attempt.learner), attempt.get_absolute_url()
    for seq, typed, told in ((1, "1,5x", True), (2, "1.5", False)):
        form = {"seq": str(seq), "asked-1": "1", "choice-1": typed}
        saved = client.post(page, form, headers=HTMX).content.decode()
        loaded = client.get(page).content.decode()
        assert f'value="{typed}"' in loaded
        assert (TOLD in saved, TOLD in loaded) == (told, told)
        assert ("0 of 1 answered" in saved, "0 of 1 answered" in loaded) == (told, told)


def test_the_page_says_how_a_number_is_read(attempt: Attempt) -> None:
    client, page = client_of(attempt.learner), attempt.get_absolute_url()
    for seq, typed in ((1, "1,688"), (2, "1.688,5 updates")):
        form = {"seq": str(seq), "asked-1": "1", "choice-1": typed}
        saved = client.post(page, form, headers=HTMX).content.decode()
        loaded = client.get(page).content.decode()
        told = "Read as 1688.5." if seq == 2 else "Read as 1.688 or as 1688"
        assert (told in saved, told in loaded) == (True, True)


def test_the_result_tells_what_was_wrong_with_it(attempt: Attempt) -> None:
    services.finish(attempt, {1: ["1,5x"]})
    page = client_of(attempt.learner).get(f"{attempt.get_absolute_url()}result/").content.decode()
    assert '<strong dir="auto">1,5x</strong>, which is not a number' in page


def test_it_is_no_answer_that_is_asked_again(attempt: Attempt) -> None:
    services.finish(attempt, {1: ["half"]})
    page = client_of(attempt.learner).get(f"{attempt.get_absolute_url()}result/").content.decode()
    assert "Questions without an answer are not added to the review." in page
    assert "back for" not in page
    assert not Card.objects.exists()
