"""A finish that is refused loses nothing that was acknowledged, nothing posted, and no price."""

from datetime import timedelta

import pytest
from django.utils import timezone

from quizzes import services
from quizzes.models import Answer, Attempt, Quiz
from tests.factories import (
    HTMX,
    answers,
    client_of,
    keyed,
    make_learner,
    make_numeric,
    make_question,
    make_topic,
    mistaken,
    quiz,
)

pytestmark = pytest.mark.django_db
CANNOT_BE_KEPT = "160\a"


def test_a_refused_finish_of_an_old_page_leaves_what_another_tab_saved() -> None:
    topic = make_topic("gradients")
    make_question(topic)
    learner = make_learner()
    attempt, client = services.start(quiz(topic, "test"), learner), client_of(learner)
    (answer,) = answers(attempt)
    address, (right,), (wrong,) = attempt.get_absolute_url(), keyed(answer), mistaken(answer)
    # Both tabs were opened with seq 1; the other one chooses, thinks, and chooses again.
    for seq, choice in (("1", wrong), ("2", right)):
        saved = client.post(address, {"choice-1": choice, "seq": seq}, headers=HTMX)
        assert saved.status_code == 200
    stale = {"choice-1": wrong, "seq": "1", "whole": "1", "predicted_percent": "150"}
    client.post(f"{address}finish/", stale)
    assert Answer.objects.get(attempt=attempt).response == [right]


def test_a_finish_with_one_bad_answer_keeps_the_others() -> None:
    topic = make_topic("gradients")
    make_question(topic)
    make_numeric(topic)
    learner = make_learner()
    attempt, client = services.start(quiz(topic, "test"), learner), client_of(learner)
    posted, choice = {"seq": "1", "whole": "1"}, None
    for answer in answers(attempt):
        if answer.order:
            choice = answer
            posted[f"choice-{answer.position}"] = keyed(answer)[0]
        else:
            posted[f"choice-{answer.position}"] = CANNOT_BE_KEPT
    assert choice is not None
    client.post(f"{attempt.get_absolute_url()}finish/", posted)
    assert Attempt.objects.get(pk=attempt.pk).is_open
    assert Answer.objects.get(pk=choice.pk).response == keyed(choice), "it was posted, too"


def test_a_response_of_a_refused_finish_is_a_try_when_it_is_graded() -> None:
    topic = make_topic("gradients")
    make_question(topic)
    Quiz.objects.filter(topic=topic).filter(kind="practice").update(
        behaviour="interactive", tries=3
    )
    learner = make_learner()
    client = client_of(learner)
    attempt = services.start(quiz(topic), learner)
    (answer,) = answers(attempt)
    services.check(attempt, 1, mistaken(answer))
    finish = f"{attempt.get_absolute_url()}finish/"
    client.post(finish, {"choice-1": keyed(answer)[0], "seed": "no number"})
    client.post(finish, {"choice-1": keyed(answer)[0]})
    assert Attempt.objects.get(pk=attempt.pk).score == pytest.approx(2 / 3)


def test_a_late_finish_that_is_refused_does_not_say_that_answers_are_kept() -> None:
    topic = make_topic("gradients")
    make_question(topic)
    learner = make_learner()
    attempt, client = services.start(quiz(topic, "test"), learner), client_of(learner)
    Attempt.objects.filter(pk=attempt.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    posted = {"choice-1": keyed(answers(attempt)[0])[0], "seq": "1", "seed": "no number"}
    answer = client.post(f"{attempt.get_absolute_url()}finish/", posted)
    assert Answer.objects.get(attempt=attempt).response == []
    assert "Your answers are kept" not in answer.content.decode()


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["without JavaScript", "with it"])
def test_a_save_with_one_bad_answer_keeps_the_others(headers: dict[str, str]) -> None:
    topic = make_topic("gradients")
    make_question(topic)
    make_numeric(topic)
    learner = make_learner()
    attempt, client = services.start(quiz(topic, "test"), learner), client_of(learner)
    number, choice = sorted(answers(attempt), key=lambda answer: bool(answer.order))
    posted = {
        "seq": "1",
        f"choice-{number.position}": CANNOT_BE_KEPT,
        f"choice-{choice.position}": keyed(choice)[0],
    }
    client.post(attempt.get_absolute_url(), posted, headers=headers)
    assert Answer.objects.get(pk=choice.pk).response == keyed(choice)


def test_a_number_of_a_save_above_all_bounds_does_not_end_all_saving() -> None:
    topic = make_topic("gradients")
    make_question(topic)
    learner = make_learner()
    attempt, client = services.start(quiz(topic, "test"), learner), client_of(learner)
    (answer,) = answers(attempt)
    address = attempt.get_absolute_url()
    client.post(address, {"choice-1": mistaken(answer)[0], "seq": "999999999"}, headers=HTMX)
    page = client.get(address)
    seq = page.context["page"].next_seq
    saved = client.post(address, {"choice-1": keyed(answer)[0], "seq": str(seq)}, headers=HTMX)
    assert saved.status_code == 200, "the page sends the number that the server has given it"
