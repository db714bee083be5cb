"""A missed question comes back, is answered, explained, and put off for longer."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Learner
from authoring.models import Authored, State
from lessons.models import Topic
from quizzes import cards, services
from quizzes.kinds import BadResponse
from quizzes.models import Card, Question, Recall
from quizzes.publishing import publish
from tests.factories import (
    HTMX,
    answers,
    client_of,
    keyed,
    make_learner,
    make_numeric,
    make_topic,
    make_user,
    missed,
    quiz,
    right_choice,
    wrong_choice,
)
from tests.quizzes.reading import chosen, radios

pytestmark = pytest.mark.django_db
REVIEW = "/me/review/"


@pytest.fixture
def topic() -> Topic:
    return make_topic("gradients", practice=3)


@pytest.fixture
def learner() -> Learner:
    return make_learner()


@pytest.fixture
def card(topic: Topic, learner: Learner) -> Card:
    return missed(topic, learner)


@pytest.fixture
def client(learner: Learner) -> Client:
    return client_of(learner)


def address(card: Card) -> str:
    return f"{REVIEW}{card.pk}/"


def text(client: Client, path: str = REVIEW) -> str:
    return " ".join(client.get(path, follow=True).content.decode().split())


def post(client: Client, card: Card, choice: str, **headers: str) -> str:
    response = client.post(
        address(card), {"choice": choice, "seq": card.seq}, headers=headers, follow=True
    )
    return " ".join(response.content.decode().split())


def test_a_right_answer_is_explained_and_put_off(client: Client, card: Card) -> None:
    assert "1 question due" in text(client)
    page = post(client, card, right_choice(card.question))
    assert "Right" in page
    assert "First this, then that" in page
    assert "It comes back in 2 days" in page
    card.refresh_from_db()
    assert timedelta(days=1.9) < card.due_at - timezone.now() < timedelta(days=2)
    assert "Nothing is due" in text(client)
    assert "comes back in 2 days" in text(client)


def test_a_wrong_answer_is_explained_and_comes_back_tomorrow(client: Client, card: Card) -> None:
    page = post(client, card, wrong_choice(card.question))
    assert "Not right" in page
    assert "The mistake behind your choice" in page
    assert "It comes back tomorrow" in page
    assert 'name="rating"' not in page
    assert card.recalls.last() == Recall.objects.get(rating=1, answer=None)


@pytest.mark.parametrize(("word", "days"), [("hard", 1), ("good", 2), ("easy", 3)])
def test_a_right_answer_may_have_been_hard_or_easy(
    client: Client, card: Card, word: str, days: int
) -> None:
    page = post(client, card, right_choice(card.question))
    assert page.count('name="rating"') == 3
    card.refresh_from_db()
    rated = client.post(f"{address(card)}rate/", {"rating": word, "seq": card.seq})
    assert rated["Location"] == REVIEW, "it goes on"
    card.refresh_from_db()
    assert round((card.due_at - timezone.now()) / timedelta(days=1)) == days


def test_words_that_would_bring_it_back_at_the_same_time_are_no_choice(
    client: Client, card: Card
) -> None:
    """What was missed again and again comes back the next day, however easy it was this time."""
    first = card.recalls.get()
    for days in (1, 2):
        card.recalls.create(rating=1, at=timezone.now() - timedelta(days=days))
    card.recalls.filter(pk=first.pk).update(at=timezone.now() - timedelta(days=3))
    page = post(client, card, right_choice(card.question))
    assert "It comes back tomorrow" in page
    assert "How hard was it" not in page
    assert 'name="rating"' not in page


def test_another_word_is_refused_in_words(client: Client, card: Card) -> None:
    post(client, card, right_choice(card.question))
    card.refresh_from_db()
    said = {"rating": "perfect", "seq": card.seq}
    response = client.post(f"{address(card)}rate/", said, follow=True)
    assert "Choose hard, good, easy" in response.content.decode()
    assert Recall.objects.last().rating == Recall.Rating.GOOD  # type: ignore[union-attr]


def test_a_wrong_answer_cannot_be_called_easy(client: Client, card: Card) -> None:
    post(client, card, wrong_choice(card.question))
    card.refresh_from_db()
    due = card.due_at
    assert not cards.rate(card, card.seq, "easy")
    card.refresh_from_db()
    assert card.due_at == due


def test_an_answer_of_a_quiz_cannot_be_rated(card: Card) -> None:
    attempt = services.start(quiz(card.question.topic), card.learner)
    services.finish(attempt, {})
    again = services.start(quiz(card.question.topic), card.learner)
    services.check(again, 1, keyed(answers(again)[0]))
    card.refresh_from_db()
    assert not cards.rate(card, card.seq, "easy")


def test_what_is_posted_twice_counts_once(client: Client, card: Card) -> None:
    pages = [post(client, card, right_choice(card.question)) for _ in range(3)]
    assert all("It comes back in 2 days" in page for page in pages)
    assert card.recalls.count() == 2


def test_of_two_tabs_the_first_counts_and_the_other_sees_it(client: Client, card: Card) -> None:
    post(client, card, wrong_choice(card.question))
    page = post(client, card, right_choice(card.question))
    assert "Not right" in page
    assert [recall.is_right for recall in card.recalls.all()] == [False, False]


def test_what_is_not_due_is_not_answered(card: Card) -> None:
    right = [right_choice(card.question)]
    version = card.question.version
    assert version is not None
    Card.objects.update(due_at=timezone.now() + timedelta(hours=1))
    assert not cards.answer(card, version, card.seq, right), "the database's clock decides"
    assert card.recalls.count() == 1


def test_two_ratings_of_one_answer_count_once(client: Client, card: Card) -> None:
    post(client, card, right_choice(card.question))
    card.refresh_from_db()
    seq = card.seq
    assert cards.rate(card, seq, "easy")
    card.seq = seq
    assert not cards.rate(card, seq, "hard")
    assert Recall.objects.get(answer=None).rating == Recall.Rating.EASY


def test_a_reload_shows_the_same_question_in_the_same_order(client: Client, card: Card) -> None:
    first, second = (client.get(REVIEW).content.decode() for _ in range(2))
    assert [radio.value for radio in radios(first)] == [radio.value for radio in radios(second)]
    assert len(radios(first)) == 4


def test_the_options_stand_in_another_order_the_next_time(client: Client, card: Card) -> None:
    orders = set()
    for seq in range(1, 9):
        Card.objects.update(seq=seq)
        orders.add(tuple(radio.value for radio in radios(client.get(REVIEW).content.decode())))
    assert len(orders) > 1


def test_a_reload_after_the_answer_shows_it_again(client: Client, card: Card) -> None:
    first = post(client, card, wrong_choice(card.question))
    assert "It comes back tomorrow" in first
    assert "It comes back tomorrow" in text(client, address(card))


def test_with_htmx_it_is_the_same_part_of_the_page(client: Client, card: Card) -> None:
    data = {"choice": wrong_choice(card.question), "seq": card.seq}
    response = client.post(address(card), data, headers=HTMX)
    assert response.content.decode().strip().startswith('<div id="review">')
    assert response["HX-Replace-Url"] == address(card)
    assert "It comes back tomorrow" in response.content.decode()


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize(
    ("choice", "said"), [("", "Choose an option first"), ("ffffff", "There is no option")]
)
def test_bad_input_is_refused_in_words(
    client: Client, card: Card, headers: dict[str, str], choice: str, said: str
) -> None:
    data = {"choice": choice, "seq": card.seq} if choice else {"seq": card.seq}
    response = client.post(address(card), data, headers=headers)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert card.recalls.count() == 1


def test_what_was_typed_stays_when_it_is_no_number(learner: Learner, client: Client) -> None:
    topic = make_topic()
    make_numeric(topic)
    attempt = services.start(quiz(topic), learner)
    services.check(attempt, 1, ["7"])
    Recall.objects.update(at=timezone.now() - timedelta(days=1))
    Card.objects.update(due_at=timezone.now())
    card = Card.objects.get()
    page = post(client, card, "about a hundred")
    assert "Write a number" in page
    assert 'value="about a hundred"' in page
    assert "It comes back in 2 days" in post(client, card, "160")


def test_due_questions_come_one_after_the_other(
    topic: Topic, learner: Learner, card: Card, client: Client
) -> None:
    second = missed(topic, learner, 2)
    assert "2 questions due" in text(client)
    assert address(card) in text(client)
    page = post(client, card, right_choice(card.question))
    assert "1 more is due" in page
    assert address(second) in text(client)


def test_it_asks_the_version_that_is_published_now(client: Client, card: Card) -> None:
    Question.objects.filter(pk=card.question_id).update(stem="Said better.")
    publish(Question.objects.get(pk=card.question_id))
    assert "Said better." in text(client)
    page = post(client, card, right_choice(card.question))
    assert "Said better." in page
    version = Question.objects.get(pk=card.question_id).version
    assert Recall.objects.get(answer=None).version == version


@pytest.mark.parametrize("model", ["question", "topic", "track"])
def test_what_is_not_published_any_more_is_passed_over(
    client: Client, card: Card, model: str
) -> None:
    topic = card.question.topic
    rows: dict[str, Authored] = {
        "question": card.question,
        "topic": topic,
        "track": topic.track,
    }
    rows[model].state = State.DRAFT
    rows[model].save()
    assert "Nothing is due" in text(client)
    assert "Nothing is due" in text(client, address(card))
    post(client, card, right_choice(card.question))
    assert card.recalls.count() == 1


def test_what_an_open_test_asks_waits_until_it_is_finished(client: Client, card: Card) -> None:
    test = services.start(quiz(card.question.topic, "test"), card.learner)
    version = card.question.version
    assert version is not None
    assert "Nothing can be asked now" in text(client)
    assert "Nothing can be asked now" in post(client, card, right_choice(card.question))
    answer = client.post(address(card), {"choice": "x", "seq": card.seq}, headers=HTMX)
    assert answer["HX-Redirect"] == REVIEW
    with pytest.raises(BadResponse, match="in the test that you have open"):
        cards.answer(card, version, card.seq, [right_choice(card.question)])
    assert card.recalls.count() == 1
    services.finish(test, {})
    assert "1 question due" in text(client)


def test_an_open_test_hides_what_was_explained_before(client: Client, card: Card) -> None:
    post(client, card, wrong_choice(card.question))
    services.start(quiz(card.question.topic, "test"), card.learner)
    assert "First this, then that" not in text(client, address(card))


def test_an_answer_in_a_quiz_overtakes_an_open_page(client: Client, card: Card) -> None:
    practice = services.start(quiz(card.question.topic), card.learner)
    services.finish(practice, {})
    again = services.start(quiz(card.question.topic), card.learner)
    services.check(again, 1, keyed(answers(again)[0]))
    assert "Nothing is due" in post(client, card, wrong_choice(card.question))
    assert [recall.is_right for recall in card.recalls.all()] == [False, True]


def test_a_corrected_key_changes_reviews_too(client: Client, card: Card) -> None:
    post(client, card, wrong_choice(card.question))
    choice = wrong_choice(card.question)
    card.question.choices.update(correct=False, mistake="Not this.")
    card.question.choices.filter(ident=choice).update(correct=True, mistake="")
    publish(card.question)
    card.question.refresh_from_db()
    cards.grade_again(card.question, after=0, most=100)
    assert [recall.is_right for recall in card.recalls.all()] == [False, True]


def test_someone_new_finds_nothing_and_where_to_begin() -> None:
    page = text(Client())
    assert "No question waits for you" in page
    assert "Choose a topic" in page
    assert not Learner.objects.exists()


def test_nothing_due_leads_to_practice(client: Client, card: Card) -> None:
    post(client, card, right_choice(card.question))
    assert "/learn/gradients/practice/1/" in text(client)


def test_it_belongs_to_its_learner(card: Card) -> None:
    for other in (Client(), client_of(make_learner()), client_of(make_user())):
        assert "No question waits for you" in text(other)
        assert other.get(address(card)).status_code == 404
        assert other.post(address(card), {"choice": "x", "seq": 2}).status_code == 404
        assert other.post(f"{address(card)}rate/", {"rating": "easy"}).status_code == 404
    assert card.recalls.count() == 1


def test_a_card_that_is_not_there_is_a_404(client: Client, card: Card) -> None:
    for number in (card.pk + 1, 10**30):
        assert client.get(f"{REVIEW}{number}/").status_code == 404


def test_it_is_changed_by_posts_alone(client: Client, card: Card) -> None:
    before = Card.objects.values().get()
    assert client.post(REVIEW).status_code == 405
    assert client.get(f"{address(card)}rate/").status_code == 405
    text(client)
    text(client, address(card))
    assert Card.objects.values().get() == before
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    assert strict.post(address(card), {"choice": "x", "seq": 2}).status_code == 403


def test_a_reader_without_answers_has_nothing_chosen(client: Client, card: Card) -> None:
    assert chosen(client.get(REVIEW).content.decode()) == {}
