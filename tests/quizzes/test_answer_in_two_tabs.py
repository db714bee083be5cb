"""The same questions open in two tabs: what the second one sends does not count, and it says so."""

from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Learner
from lessons.models import Topic
from quizzes import lifecycle, services
from quizzes.models import Answer, Attempt, Card, Question, Quiz, Recall
from tests.factories import (
    HTMX,
    again,
    client_of,
    make_learner,
    make_lesson,
    make_numeric,
    make_teacher,
    make_topic,
    make_user,
    missed,
    quiz,
    right_choice,
    wrong_choice,
)
from tests.quizzes.sending import form

pytestmark = pytest.mark.django_db
PRACTICE = "/learn/gradients/practice/"
LESSON = "/learn/gradients/experiment/"
CHECK = f"{LESSON}check/"
SAID = "You already answered this question in another tab"
BOTH = pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])


@pytest.fixture(autouse=True)
def topic() -> Topic:
    topic = make_topic("gradients", practice=2, inline=2)
    make_lesson(topic)
    return topic


@pytest.fixture
def client() -> Client:
    return client_of(make_learner())


def question(number: int = 1, use: str = "practice") -> Question:
    return Question.objects.get(position=number, use=use, topic__slug="gradients")


def text_of(ident: str) -> str:
    return Question.objects.get(choices__ident=ident).choices.get(ident=ident).text.strip("`")


def check(
    client: Client, address: str, fields: dict[str, str], choice: str, headers: dict[str, str]
) -> tuple[int, str]:
    response = client.post(address, fields | {"choice": choice}, headers=headers)
    return response.status_code, " ".join(unescape(response.content.decode()).split())


@BOTH
def test_practice_says_that_another_answer_counts(client: Client, headers: dict[str, str]) -> None:
    page, right, wrong = f"{PRACTICE}1/", right_choice(question()), wrong_choice(question())
    late = form(client, page)
    client.post(page, form(client, page) | {"choice": right})
    status, told = check(client, page, late, wrong, headers)
    assert status == 409
    assert SAID in told
    assert f"what you chose here (“{text_of(wrong)}”) was not counted" in told
    assert "Your choice, and the right answer" in told
    assert Answer.objects.get(version__question=question()).response == [right]


@BOTH
def test_the_same_answer_twice_is_no_matter(client: Client, headers: dict[str, str]) -> None:
    page, right = f"{PRACTICE}1/", right_choice(question())
    fields = form(client, page)
    for _ in range(2):
        status, told = check(client, page, fields, right, headers)
        assert status == (200 if headers else 302)
        assert SAID not in told


@BOTH
def test_a_number_is_quoted_as_it_was_written(client: Client, headers: dict[str, str]) -> None:
    topic = make_topic("numbers")
    make_numeric(topic)
    page = "/learn/numbers/practice/1/"
    late = form(client, page)
    client.post(page, late | {"choice": "160"})
    assert SAID not in check(client, page, late, " 160 ", headers)[1]
    status, told = check(client, page, late, "7", headers)
    assert status == 409
    assert "what you wrote here (“7”) was not counted" in told


@BOTH
def test_a_lessons_question_says_so_as_well(client: Client, headers: dict[str, str]) -> None:
    asked = question(use="inline")
    late = form(client, LESSON, CHECK)
    check(client, CHECK, late, right_choice(asked), {})
    status, told = check(client, CHECK, late, wrong_choice(asked), headers)
    assert status == 409
    assert SAID in told
    assert text_of(wrong_choice(asked)) in told
    assert Answer.objects.get(version__question=asked).correct is True


@BOTH
def test_a_lessons_quiz_that_has_ended_elsewhere_is_not_begun_again(
    client: Client, headers: dict[str, str]
) -> None:
    late = form(client, LESSON, CHECK)
    for number in (1, 2):
        fields = form(client, LESSON, CHECK, number)
        check(client, CHECK, fields, right_choice(question(number, "inline")), {})
    status, told = check(client, CHECK, late, wrong_choice(question(use="inline")), headers)
    assert status == 409
    assert SAID in told
    assert Attempt.objects.get().state == Attempt.State.FINISHED


@pytest.fixture
def card(topic: Topic) -> Card:
    return missed(topic, make_learner())


@BOTH
def test_a_review_says_that_another_answer_counts(card: Card, headers: dict[str, str]) -> None:
    client, page = client_of(card.learner), f"/me/review/{card.pk}/"
    late = form(client, page)
    check(client, page, late, right_choice(card.question), {})
    assert SAID not in check(client, page, late, right_choice(card.question), headers)[1]
    status, told = check(client, page, late, wrong_choice(card.question), headers)
    assert status == 409
    assert SAID in told
    assert text_of(wrong_choice(card.question)) in told
    assert "Your choice, and the right answer" in told
    assert Recall.objects.filter(version__isnull=False).count() == 1


@BOTH
def test_a_review_that_has_come_back_keeps_the_choice(card: Card, headers: dict[str, str]) -> None:
    client, page = client_of(card.learner), f"/me/review/{card.pk}/"
    late, wrong = form(client, page), wrong_choice(card.question)
    check(client, page, late, right_choice(card.question), {})
    Card.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    response = client.post(page, late | {"choice": wrong}, headers=headers)
    assert response.status_code == 409
    assert "it is asked again now. What you chose was not counted" in response.content.decode()
    assert [it.id for it in response.context["question"].choices if it.chosen] == [wrong]


@BOTH
def test_a_review_that_is_not_asked_any_more_says_so(card: Card, headers: dict[str, str]) -> None:
    client, page = client_of(card.learner), f"/me/review/{card.pk}/"
    late = form(client, page)
    services.start(quiz(card.question.topic, "test"), card.learner)
    client.post(page, late | {"choice": right_choice(card.question)}, headers=headers)
    assert "What you chose was not counted" in client.get("/me/review/").content.decode()


def test_a_second_word_for_one_review_is_told_not_to_count(card: Card) -> None:
    client, page = client_of(card.learner), f"/me/review/{card.pk}/"
    check(client, page, form(client, page), right_choice(card.question), {})
    fields = form(client, page, f"{page}rate/")
    client.post(f"{page}rate/", fields | {"rating": "easy"})
    again_easy = client.post(f"{page}rate/", fields | {"rating": "easy"}, follow=True)
    assert "was not counted" not in again_easy.content.decode()
    hard = client.post(f"{page}rate/", fields | {"rating": "hard"}, follow=True)
    assert "Your rating “hard” was not counted" in hard.content.decode()


def finish(client: Client) -> Attempt:
    attempt = Attempt.objects.get(state=Attempt.State.OPEN)
    client.post(f"/attempts/{attempt.pk}/finish/")
    return attempt


def state() -> list[object]:
    kept = Answer.objects.order_by("pk").values_list("response", "correct", "tries")
    return [*Attempt.objects.values_list("pk", "state"), *kept]


@BOTH
@pytest.mark.parametrize("number", [1, 2], ids=["answered", "left open"])
def test_a_set_that_was_finished_elsewhere_is_not_followed_by_a_new_one(
    client: Client, headers: dict[str, str], number: int
) -> None:
    client.post(f"{PRACTICE}1/", {"choice": right_choice(question())})
    page, wrong = f"{PRACTICE}{number}/", wrong_choice(question(number))
    late = {"attempt": str(Attempt.objects.get().pk)}
    if number != 1:  # the first has no button any more
        assert form(client, page)["attempt"] == late["attempt"]
    ended = finish(client)
    before = state()
    status, told = check(client, page, late, wrong, headers)
    assert (status, state()) == (409, before)
    assert "This set was finished elsewhere" in told
    assert f"What you chose here (“{text_of(wrong)}”) was not counted" in told
    assert f'href="/attempts/{ended.pk}/result/"' in told
    assert f'href="{PRACTICE}1/"' in told
    assert ("<html" in told) is (not headers)


@BOTH
def test_so_it_is_when_the_page_is_from_before_the_set_began(
    client: Client, headers: dict[str, str]
) -> None:
    page = f"{PRACTICE}1/"
    for _ in range(2):
        late = form(client, page)
        client.post(page, form(client, page) | {"choice": right_choice(question())})
        finish(client)
        before = state()
        status, told = check(client, page, late, wrong_choice(question()), headers)
        assert (status, state()) == (409, before)
        assert "This set was finished elsewhere" in told


def test_nor_does_it_count_in_a_set_that_was_begun_since(client: Client) -> None:
    page = f"{PRACTICE}1/"
    client.post(page, {"choice": right_choice(question())})
    late = form(client, f"{PRACTICE}2/")
    finish(client)
    client.post(page, form(client, page) | {"choice": right_choice(question())})
    before = state()
    status, told = check(client, f"{PRACTICE}2/", late, wrong_choice(question(2)), {})
    assert (status, state()) == (409, before)
    assert "This set was finished elsewhere" in told


@BOTH
def test_drawn_questions_do_not_begin_anew_either(client: Client, headers: dict[str, str]) -> None:
    Quiz.objects.filter(kind="practice").update(behaviour=Quiz.Behaviour.MASTERY)
    page = f"{PRACTICE}1/"
    client.post(page)
    late = form(client, page)
    finish(client)
    before = state()
    asked = Answer.objects.get(position=1).version.question
    status, told = check(client, page, late, wrong_choice(asked), headers)
    assert (status, state()) == (409, before)
    assert "This set was finished elsewhere" in told


def test_a_set_that_was_set_aside_says_why(client: Client) -> None:
    page = f"{PRACTICE}1/"
    client.post(page, {"choice": right_choice(question())})
    late = form(client, f"{PRACTICE}2/")
    lifecycle.void(Attempt.objects.get(), "The key was shown.", make_teacher())
    before = state()
    status, told = check(client, f"{PRACTICE}2/", late, wrong_choice(question(2)), {})
    assert (status, state()) == (409, before)
    assert "This set was set aside" in told
    assert "The key was shown." in told


@pytest.mark.parametrize("key", ["00000000-0000-4000-8000-000000000000", "nonsense", "'"])
@BOTH
def test_a_set_that_is_gone_is_not_begun_anew(
    client: Client, headers: dict[str, str], key: str
) -> None:
    status, told = check(
        client, f"{PRACTICE}1/", {"attempt": key}, right_choice(question()), headers
    )
    assert status == 409
    assert "This set is no longer there" in told
    assert not Attempt.objects.exists()


def test_two_tabs_from_before_the_set_began_share_it(client: Client) -> None:
    first, second = (form(client, f"{PRACTICE}{number}/") for number in (1, 2))
    for number, fields in ((1, first), (2, second)):
        address = f"{PRACTICE}{number}/"
        assert check(client, address, fields, right_choice(question(number)), {})[0] == 302
    assert Attempt.objects.get().answers.filter(correct=True).count() == 2


def test_somebody_elses_set_is_not_touched(client: Client) -> None:
    client.post(f"{PRACTICE}1/", {"choice": right_choice(question())})
    theirs = form(client, f"{PRACTICE}2/")
    other = client_of(make_learner())
    assert check(other, f"{PRACTICE}2/", theirs, right_choice(question(2)), {})[0] == 302
    assert Learner.objects.filter(attempts__answers__correct=True).distinct().count() == 2
    assert again(client).get(f"{PRACTICE}2/").context["question"].status == "open"


@BOTH
def test_a_set_that_was_drawn_for_a_guest_does_not_count_as_the_members(
    client: Client, headers: dict[str, str]
) -> None:
    Quiz.objects.filter(kind="practice").update(behaviour=Quiz.Behaviour.MASTERY)
    page, guest = f"{PRACTICE}1/", Client()
    guest.post(page)
    theirs = form(guest, page)
    asked = Answer.objects.get(position=1).version.question
    for _ in ("nothing begun", "a set of their own"):
        before = state()
        status, told = check(client, page, theirs, right_choice(asked), headers)
        assert (status, state()) == (409, before)
        assert "These questions were drawn for somebody else" in told
        assert "What you chose here was not counted" in told
        assert "Sign in to go on with it" in told
        client.post(page)
    member = client_of(make_learner(make_user()))
    status, told = check(member, page, theirs, right_choice(asked), headers)
    assert status == 409
    assert "Yours asks other questions" in told


@BOTH
def test_what_nobody_had_begun_counts_for_whoever_signs_in(
    client: Client, headers: dict[str, str]
) -> None:
    """The account has finished a set long ago; the page is of now."""
    page = f"{PRACTICE}1/"
    client.post(page, form(client, page) | {"choice": right_choice(question())})
    finish(client)
    as_guest = form(Client(), page)
    status, told = check(client, page, as_guest, right_choice(question()), headers)
    assert status == (200 if headers else 302)
    assert "finished elsewhere" not in told
    assert Attempt.objects.get(state=Attempt.State.OPEN).answers.get(position=1).correct is True


MOMENTS = ["", "x", "2026-11-30", "2026-11-30T12:00:00", "9" * 50]
EDGES = ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"]


@pytest.mark.parametrize("moment", [*MOMENTS, *EDGES])
def test_a_moment_that_is_none_is_not_told(client: Client, moment: str) -> None:
    asked = {"choice": right_choice(question()), "drawn_at": moment}
    assert client.post(f"{PRACTICE}1/", asked).status_code == 302


@BOTH
def test_a_lesson_whose_quiz_was_set_aside_can_be_answered_again(
    client: Client, headers: dict[str, str]
) -> None:
    asked = question(use="inline")
    check(client, CHECK, form(client, LESSON, CHECK), wrong_choice(asked), {})
    lifecycle.void(Attempt.objects.get(), "The key was shown.", make_teacher())
    status, _ = check(client, CHECK, form(client, LESSON, CHECK), right_choice(asked), headers)
    assert status == (200 if headers else 302)
    assert Attempt.objects.get(state=Attempt.State.OPEN).answers.get(position=1).correct is True
