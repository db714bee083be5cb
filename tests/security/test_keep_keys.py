"""An answer key never leaves the server before the answer is locked."""

import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from lessons.models import Topic
from quizzes import kept_versions, services
from quizzes.models import Attempt, Card, Choice, Question, QuestionVersion, Quiz, Recall
from quizzes.publishing import publish
from tests.factories import (
    HTMX,
    answers,
    client_of,
    finish_run,
    make_learner,
    make_lesson,
    make_multiple,
    make_numeric,
    make_question,
    make_run,
    make_topic,
    make_true_false,
    make_user,
    missed,
    mistaken,
    quiz,
    wrong_choice,
)
from tests.security.crawl import body, crawl

pytestmark = pytest.mark.django_db
CANARY = "canary-7f3a"
KEY_NUMBER, NEAR_NUMBER, TOLERANCE = 71688.25, 70413.75, 0.03125
EXPLAINING = ("steps", "answer", "quick_check")


@pytest.fixture
def topic() -> Topic:
    """A topic whose every explanation, and every key, sings."""
    topic = make_topic("gradients")
    for use in Question.Use:
        for position in (1, 2):
            texts: dict[str, Any] = {name: f"{CANARY} {name}" for name in EXPLAINING}
            question = make_question(topic, use=use, position=position, publish=False, **texts)
            question.choices.update(mistake=f"{CANARY} mistake")
            publish(question)
    source = f"[[inline-quiz]]\n\n[[run {topic.experiment.slug}]]"
    make_lesson(topic, source=source, key_insight=f"{CANARY} insight")
    return topic


@pytest.fixture
def kinds() -> Topic:
    """A topic with a question of each further kind, with every new text and number singing."""
    topic = make_topic("kinds")
    for use in Question.Use:
        multiple = make_multiple(topic, use=use, position=1, publish=False)
        numeric = make_numeric(topic, use=use, position=2, publish=False, value=KEY_NUMBER)
        statement = make_true_false(topic, use=use, position=3, publish=False)
        for question in (multiple, numeric, statement):
            question.choices.filter(correct=True).update(feedback=f"{CANARY} feedback")
            question.choices.filter(correct=False).update(mistake=f"{CANARY} mistake")
            question.near_misses.update(value=NEAR_NUMBER, mistake=f"{CANARY} near")
            Question.objects.filter(pk=question.pk).update(steps=f"{CANARY} steps")
        numeric.tolerance = TOLERANCE
        numeric.save()
        for question in (multiple, numeric, statement):
            question.refresh_from_db()
            publish(question)
    make_lesson(topic, source="[[inline-quiz]]")
    return topic


def numbers(text: str) -> list[float]:
    """Which of the numbers that sing are in the text."""
    return [number for number in (KEY_NUMBER, NEAR_NUMBER, TOLERANCE) if str(number) in text]


def test_no_kind_of_question_sings_while_it_is_open(kinds: Topic) -> None:
    learner = make_learner()
    client, practice = client_of(learner), "/learn/kinds/practice/"
    test = services.start(quiz(kinds, "test"), learner)
    sheet = test.get_absolute_url()
    responses = [
        *(client.get(f"{practice}{number}/") for number in (1, 2, 3)),
        client.get("/learn/kinds/experiment/"),
        client.get(sheet),
        client.post(sheet, {"choice-1": "7", "choice-2": "8", "seq": "1"}, headers=HTMX),
        *(client.post(f"{practice}{number}/", {"choice": "no"}) for number in (1, 2, 3)),
        *(
            client.post(f"{practice}{number}/", {"choice": ""}, headers=HTMX)
            for number in (1, 2, 3)
        ),
        client.get("/me/"),
    ]
    texts = [body(response) for response in responses]
    assert sung(texts) == []
    assert [numbers(text) for text in texts if numbers(text)] == []


def test_a_locked_number_sings_to_its_learner(kinds: Topic) -> None:
    client, page = Client(), "/learn/kinds/practice/2/"
    client.post(page, {"choice": str(NEAR_NUMBER)})
    text = client.get(page).content.decode()
    assert numbers(text) == [KEY_NUMBER, NEAR_NUMBER, TOLERANCE]
    assert f"{CANARY} near" in text
    assert numbers(Client().get(page).content.decode()) == []


def people() -> list[Client]:
    return [Client(), client_of(make_learner()), client_of(make_user())]


def sung(texts: Iterable[str]) -> list[str]:
    return [text[:200] for text in texts if CANARY in text]


def test_a_crawl_hears_nothing(topic: Topic) -> None:
    run = finish_run(make_run(topic))
    others = [f"/runs/{run.pk}/", f"/runs/{run.pk}.json", f"/runs/{run.pk}/events", "/metrics"]
    for person in people():
        pages = crawl(person, ["/", "/learn/gradients/practice/2/", *others])
        visited = {page.address for page in pages}
        assert {"/learn/gradients/experiment/", "/learn/gradients/practice/1/"} <= visited
        assert "/learn/gradients/test/" in visited
        assert sung(page.text for page in pages) == []


def test_an_open_attempt_tells_nothing(topic: Topic) -> None:
    for learner in (make_learner(), make_learner(make_user())):
        client = client_of(learner)
        test = services.start(quiz(topic, "test"), learner)
        responses = [
            client.get(test.get_absolute_url()),
            client.post(test.get_absolute_url(), choices(test), headers=HTMX),
            client.post(test.get_absolute_url(), choices(test), follow=True),
            client.post(f"{test.get_absolute_url()}finish/", {"predicted_percent": "150"}),
            client.post(f"{test.get_absolute_url()}train/", {"predicted_percent": "150"}),
            client.get("/me/"),
            client.get("/me/", headers=HTMX),
        ]
        assert sung(body(response) for response in responses) == []


def choices(attempt: Attempt) -> dict[str, list[str] | str]:
    given = {f"choice-{answer.position}": mistaken(answer) for answer in answers(attempt)}
    return {**given, "seq": "1"}


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize("choice", ["", "ffffff"])
def test_a_refused_check_tells_nothing(topic: Topic, headers: dict[str, str], choice: str) -> None:
    posted = {"choice": choice, "question": "1"}
    for address in ("/learn/gradients/practice/1/", "/learn/gradients/experiment/check/"):
        response = Client().post(address, posted, headers=headers, follow=True)
        assert sung([body(response)]) == []


def test_a_locked_answer_is_explained_to_its_learner_alone(topic: Topic) -> None:
    client, page = Client(), "/learn/gradients/practice/1/"
    client.post(page, {"choice": wrong_choice(Question.objects.get(use="practice", position=1))})
    text = client.get(page).content.decode()
    for explained in (*EXPLAINING, "mistake"):
        assert f"{CANARY} {explained}" in text
    assert sung([client.get("/learn/gradients/practice/2/").content.decode()]) == []
    for other in people():
        assert sung(text.text for text in crawl(other)) == []


def test_a_finished_attempt_is_explained_to_its_learner_alone(topic: Topic) -> None:
    attempt = services.start(quiz(topic), make_learner())
    services.finish(attempt, {})
    result = f"/attempts/{attempt.pk}/result/"
    assert sung([client_of(attempt.learner).get(result).content.decode()])
    for other in people():
        assert sung([other.get(result).content.decode()]) == []


def test_a_question_that_comes_back_sings_only_when_it_is_answered(topic: Topic) -> None:
    learner = make_learner()
    card = missed(topic, learner)
    services.finish(Attempt.objects.get(), {})
    client, page = client_of(learner), f"/me/review/{card.pk}/"
    answer = {"seq": str(card.seq), "choice": wrong_choice(card.question)}
    responses = [
        client.get("/me/"),
        client.get("/me/data/"),
        client.get("/me/review/"),
        client.get(page),
        client.post(page, answer | {"choice": "ffffff"}),
        client.post(page, answer | {"choice": ""}, headers=HTMX),
        client.post(page, answer | {"seq": "99"}, follow=True),
        client.post(f"{page}rate/", {"rating": "easy", "seq": str(card.seq)}, follow=True),
    ]
    assert sung(body(response) for response in responses) == []
    for other in people():
        other.post(page, answer, follow=True)
        assert sung(found.text for found in crawl(other, ["/me/review/"])) == []
    card.refresh_from_db()
    client.post(page, answer | {"seq": str(card.seq)})
    text = client.get(page).content.decode()
    for explained in (*EXPLAINING, "mistake"):
        assert f"{CANARY} {explained}" in text
    services.start(quiz(topic, "test"), learner)
    assert sung([body(client.get(page, follow=True))]) == []


def test_no_kind_of_question_sings_while_it_waits_for_review(kinds: Topic) -> None:
    learner = make_learner()
    practice = services.start(quiz(kinds), learner)
    for number, given in ((1, mistaken(answers(practice)[0])), (2, ["7"])):
        services.check(practice, number, given)
    Recall.objects.update(at=timezone.now() - timedelta(days=2))
    Card.objects.update(due_at=timezone.now())
    client = client_of(learner)
    for card in Card.objects.all():
        page = f"/me/review/{card.pk}/"
        refused = client.post(page, {"seq": card.seq, "choice": ["no", "no"]}, headers=HTMX)
        texts = [body(client.get(page)), body(refused)]
        assert sung(texts) == []
        assert [numbers(text) for text in texts if numbers(text)] == []


def test_the_admin_tells_nobody_else(topic: Topic) -> None:
    version = QuestionVersion.objects.all()[0]
    addresses = [
        "/admin/quizzes/question/",
        f"/admin/quizzes/question/{version.question_id}/change/",
        f"/admin/quizzes/question/{version.question_id}/preview/",
        "/admin/autocomplete/?term=&app_label=quizzes&model_name=choice&field_name=question",
    ]
    for person in [*people(), client_of(make_user("bob", is_staff=True))]:
        assert sung(body(person.get(address, follow=True)) for address in addresses) == []


def normalised(text: str) -> str:
    """A page without what differs each time it is asked for."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text)
    text = re.sub(r'name="drawn_at" value="[^"]+"', "", text)
    return re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "", text)


def move_keys() -> None:
    """Makes another option right, with everything else as it was."""
    for version in QuestionVersion.objects.all():
        for number, choice in enumerate(version.content["choices"]):
            choice |= {"correct": number == 2, "mistake": "" if number == 2 else "Moved."}
        version.save()
    # The process remembers versions, which never change but here.
    kept_versions.forget()
    Choice.objects.update(correct=False)


def test_an_open_page_is_the_same_whichever_option_is_right(topic: Topic) -> None:
    """No attribute, class, order or length gives a key away."""
    learner = make_learner()
    client = client_of(learner)
    test = services.start(quiz(topic, Quiz.Kind.TEST), learner)

    def pages() -> list[str]:
        texts = [
            client.get("/learn/gradients/practice/1/"),
            client.get("/learn/gradients/experiment/"),
            client.get(test.get_absolute_url()),
            client.post(test.get_absolute_url(), choices(test), headers=HTMX),
        ]
        return [normalised(body(text)) for text in texts]

    pages()  # saves once, so that what is chosen is the same in both readings
    before = pages()
    move_keys()
    chosen = {answer.position: answer.response for answer in answers(test)}
    addresses = ["/learn/gradients/practice/1/", "/learn/gradients/experiment/"]
    addresses.append(test.get_absolute_url())
    assert [normalised(body(client.get(address))) for address in addresses] == before[:3]
    kept = {f"choice-{position}": response for position, response in chosen.items()}
    saved = client.post(test.get_absolute_url(), {**kept, "seq": "9"}, headers=HTMX)
    assert normalised(body(saved)) == before[3]
