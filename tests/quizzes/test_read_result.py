"""The result page: score, every question reviewed, and the run."""

import html
import re
from typing import Any

import pytest
from django.test import Client

from quizzes import services
from quizzes.models import Attempt, Quiz
from tests.factories import (
    answers,
    client_of,
    finish_run,
    keyed,
    make_learner,
    make_lesson,
    make_multiple,
    make_question,
    make_topic,
    mistaken,
    quiz,
)
from training_jobs.models import Run

pytestmark = pytest.mark.django_db


@pytest.fixture
def attempt() -> Attempt:
    topic = make_topic("gradients")
    for position, difficulty in enumerate(("easy", "easy", "hard"), start=1):
        make_question(topic, position=position, difficulty=difficulty)
    return services.start(quiz(topic, "test"), make_learner())


def result(attempt: Attempt) -> str:
    response = client_of(attempt.learner).get(f"/attempts/{attempt.pk}/result/")
    assert response.status_code == 200
    return response.content.decode()


def finished(attempt: Attempt, *, right: int) -> Attempt:
    chosen = [keyed(a) if a.position <= right else mistaken(a) for a in answers(attempt)]
    services.finish(attempt, dict(enumerate(chosen, start=1)), seed=77, prediction=0.9)
    attempt.refresh_from_db()
    return attempt


@pytest.mark.parametrize("kind", ["practice", "test"])
def test_before_the_finish_there_is_no_result(kind: str) -> None:
    attempt = services.start(quiz(make_topic(practice=1), kind), make_learner())
    response = client_of(attempt.learner).get(f"/attempts/{attempt.pk}/result/")
    assert (response.status_code, response["Location"]) == (302, f"/attempts/{attempt.pk}/")


def test_the_score_stands_with_every_question_reviewed(attempt: Attempt) -> None:
    page = result(finished(attempt, right=2))
    assert "2 of 3" in page
    assert page.count("First this, then that.") == 3
    assert page.count("Whoever takes") == 1


def test_a_test_is_scored_by_difficulty(attempt: Attempt) -> None:
    finished(attempt, right=3)
    response = client_of(attempt.learner).get(f"/attempts/{attempt.pk}/result/")
    levels = {level.name: (level.right, level.total) for level in response.context["quiz"].levels}
    assert levels == {"easy": (2, 2), "hard": (1, 1)}


def test_the_run_waits_with_its_place_in_the_queue(attempt: Attempt) -> None:
    page = result(finished(attempt, right=0))
    assert str(attempt.run_id) in page
    assert "queued" in page.lower() or "waiting" in page.lower()


def test_the_run_is_there_to_its_end(attempt: Attempt) -> None:
    finished(attempt, right=0)
    finish_run(Run.objects.get(), accuracy=0.941)
    page = result(attempt)
    for shown in ("94.1", "52.0", "90.0", "hidden_1", "77"):
        assert shown in page


def test_a_reload_shows_the_same(attempt: Attempt) -> None:
    finished(attempt, right=1)
    finish_run(Run.objects.get())
    assert result(attempt) == result(attempt)


def test_two_learners_never_see_each_others_run(attempt: Attempt) -> None:
    other = services.start(attempt.quiz, make_learner())
    finished(attempt, right=1)
    finished(other, right=1)
    assert str(other.run_id) not in result(attempt)
    for address in (f"/attempts/{other.pk}/result/", f"/runs/{other.run_id}/"):
        assert client_of(attempt.learner).get(address).status_code == 404
        assert Client().get(address).status_code == 404


def test_it_is_read_and_not_posted_to(attempt: Attempt) -> None:
    address = f"/attempts/{finished(attempt, right=0).pk}/result/"
    assert client_of(attempt.learner).post(address).status_code == 405


def ten() -> list[dict[str, Any]]:
    """Four easy questions, three medium, three hard; the hard ones have one more tag."""
    levels = ["easy"] * 4 + ["medium"] * 3 + ["hard"] * 3
    return [
        {"difficulty": level, "tags": "gradients, steps" if level == "hard" else "gradients"}
        for level in levels
    ]


@pytest.fixture
def ten_asked() -> Attempt:
    topic = make_topic("gradients")
    make_lesson(topic)
    for position, facts in enumerate(ten(), start=1):
        make_question(topic, position=position, **facts)
    Quiz.objects.filter(topic=topic).update(shuffle_questions=False)
    return services.start(quiz(topic, "test"), make_learner())


@pytest.mark.parametrize(
    ("right", "said", "reason"),
    [
        (10, "Strong", "10 of 10 right, 3 of the 3 hard ones."),
        (8, "Nearly", "8 of 10 right, 1 of the 3 hard ones: strong takes 2 hard ones."),
        (5, "Not yet", "5 of 10 right, 0 of the 3 hard ones."),
    ],
)
def test_a_test_of_ten_has_a_verdict_with_its_rule_and_its_uncertainty(
    ten_asked: Attempt, right: int, said: str, reason: str
) -> None:
    page = text_of(result(finished(ten_asked, right=right)))
    assert f"Verdict {said} {reason}" in page
    assert "at least 8 right, and at least 2 of the hard ones" in page
    assert f"Ten questions are a small sample: {right} of 10 would be no surprise" in page
    assert "Wilson (1927)" in page


def test_a_shorter_test_has_none(attempt: Attempt) -> None:
    assert "Verdict" not in result(finished(attempt, right=3))


def test_each_question_has_its_credit_and_leads_to_its_review(ten_asked: Attempt) -> None:
    page = result(finished(ten_asked, right=9))
    for number in range(1, 11):
        assert page.count(f'href="#review-{number}"') == 1
        assert page.count(f'id="review-{number}"') == 1
    told = text_of(page)
    assert "Question 1 easy gradients 1 Question 2" in told
    assert "Question 10 hard gradients, steps no answer 0" not in told
    assert "Question 10 hard gradients, steps 0 " in told


def test_what_was_left_open_says_so(ten_asked: Attempt) -> None:
    services.finish(ten_asked, {})
    assert text_of(result(ten_asked)).count("no answer 0") == 10


def test_part_of_a_credit_is_told_and_summed() -> None:
    topic = make_topic("gradients")
    make_multiple(topic, credit="proportional", tags="steps", difficulty="hard")
    make_question(topic, tags="steps", difficulty="easy")
    attempt = services.start(quiz(topic, "test"), make_learner())
    first, second = sorted(answers(attempt), key=lambda a: len(keyed(a)), reverse=True)
    services.finish(attempt, {first.position: keyed(first)[:1], second.position: keyed(second)})
    page = text_of(result(Attempt.objects.get()))
    assert "0.75 of 1" in page
    assert "Difficulty Right Credit easy 1 of 1 1 hard 0 of 1 0.75" in page
    assert "Subject Right Credit steps 1 of 2 1.75" in page


def test_the_score_by_subject(ten_asked: Attempt) -> None:
    page = text_of(result(finished(ten_asked, right=8)))
    assert "Subject Right gradients 8 of 10 steps 1 of 3" in page
    assert "Difficulty Right easy 4 of 4 medium 3 of 3 hard 1 of 3" in page


def test_every_table_has_a_caption_and_every_heading_follows(ten_asked: Attempt) -> None:
    page = result(finished(ten_asked, right=8)).split('id="run-title"')[0]
    assert page.count("<table") == page.count("<caption") == 3
    assert re.findall(r"<h(\d)", page) == ["1", "2", "2", "2", "2", "2"]


def test_it_says_what_to_do_next(ten_asked: Attempt) -> None:
    page = text_of(result(finished(ten_asked, right=7)))
    assert "Read “Watch it move” All three questions about steps went wrong." in page
    assert "Practise this topic All three hard questions went wrong." in page
    assert "Continue with" not in page


def test_it_says_how_many_were_left_open(ten_asked: Attempt) -> None:
    right = {answer.position: keyed(answer) for answer in answers(ten_asked)[:9]}
    services.finish(ten_asked, right)
    page = text_of(result(Attempt.objects.get()))
    assert "One question was left unanswered and counted as wrong; how it would have gone" in page
    assert "went wrong" not in page


def test_it_says_nothing_of_what_was_left_open_where_nothing_was(ten_asked: Attempt) -> None:
    assert "unanswered" not in text_of(result(finished(ten_asked, right=0)))


def test_who_is_strong_is_led_on(ten_asked: Attempt) -> None:
    make_topic("momentum")
    page = result(finished(ten_asked, right=10))
    assert "Continue with “Momentum”" in page
    assert 'href="/learn/momentum/"' in page


def test_a_new_test_is_offered_as_long_as_one_is_left(ten_asked: Attempt) -> None:
    Quiz.objects.update(attempts_allowed=2)
    first = text_of(result(finished(ten_asked, right=1)))
    assert "Take a new test : it asks other questions" in first
    assert "You have 1 more attempt; the best one counts." in first
    again = services.start(ten_asked.quiz, ten_asked.learner)
    services.finish(again, {})
    last = text_of(result(again))
    assert (
        "You have no attempt at this test left: it allows 2, of which the best one counts." in last
    )
    assert "Take a new test" not in last


def test_practice_has_its_subjects_and_no_verdict() -> None:
    topic = make_topic("gradients")
    for position, tags in enumerate(("steps", "steps, losses", ""), start=1):
        make_question(topic, position=position, tags=tags)
    attempt = services.start(quiz(topic), make_learner())
    page = text_of(result(finished(attempt, right=1)))
    assert "Subject Right losses 0 of 1 steps 1 of 2" in page
    for of_a_test in ("Verdict", "Question by question", "What to do next", "Take a new test"):
        assert of_a_test not in page
    assert "Practise again" in page


def test_practice_of_one_subject_is_not_taken_apart() -> None:
    topic = make_topic("gradients")
    make_question(topic, tags="steps")
    page = result(finished(services.start(quiz(topic), make_learner()), right=1))
    assert "By subject" not in page


def test_where_marks_are_not_shown_nothing_tells_them(ten_asked: Attempt) -> None:
    Quiz.objects.update(review_after=[], review_later=[])
    services.finish(ten_asked, {1: keyed(answers(ten_asked)[0])})
    response = client_of(ten_asked.learner).get(f"/attempts/{ten_asked.pk}/result/")
    page = text_of(response.content.decode().split('id="run-title"')[0])
    assert "Whether they are right, and the score, are not shown now" in page
    for told in (
        "of 10",
        "Verdict",
        "Credit",
        "went wrong",
        "unanswered",
        "no answer",
        'class="icon right',
    ):
        assert told not in page
    assert "Take a new test" in page


def test_a_void_test_has_no_verdict_and_says_why(ten_asked: Attempt) -> None:
    finished(ten_asked, right=10)
    Attempt.objects.update(state=Attempt.State.VOID, void_reason="The bell rang.")
    page = text_of(result(Attempt.objects.get()))
    assert "Verdict" not in page
    assert "The bell rang." in page


def text_of(page: str) -> str:
    """What is read, without tags, each run of spaces as one."""
    main = re.sub(r"<svg.*?</svg>", " ", page.rpartition("<main")[2], flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", main)).split())
