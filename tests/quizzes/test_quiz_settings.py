"""What a quiz's settings change: tries, mastery, attempts allowed, which of them counts, order."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessons.models import Topic
from quizzes import queries, services
from quizzes.behaviours import counted, mastered, share
from quizzes.kinds import BadResponse
from quizzes.models import Attempt, Quiz
from quizzes.overall_grades import overall_grade
from tests.factories import (
    answers,
    client_of,
    keyed,
    make_learner,
    make_question,
    make_teacher,
    make_topic,
    make_user,
    mistaken,
    quiz,
)


@pytest.fixture
def topic(db: None) -> Topic:
    return make_topic("gradients", practice=3, inline=1)


def settle(topic: Topic, kind: str = "practice", **settings: Any) -> Quiz:
    """The topic's quiz of this kind with these settings, valid ones only."""
    found = quiz(topic, kind)
    for name, value in settings.items():
        setattr(found, name, value)
    found.full_clean()
    found.save()
    return found


def check(attempt: Attempt, position: int, *, right: bool) -> None:
    answer = answers(attempt)[position - 1]
    services.check(attempt, position, keyed(answer) if right else mistaken(answer))


def test_interactive_gives_several_tries_and_each_costs_a_share(topic: Topic) -> None:
    attempt = services.start(settle(topic, behaviour="interactive", tries=3), make_learner())
    check(attempt, 1, right=False)
    first = answers(attempt)[0]
    assert (first.is_locked, first.tries, first.response) == (False, 1, mistaken(first))
    check(attempt, 1, right=True)
    first = answers(attempt)[0]
    assert (first.correct, first.tries) == (True, 2)
    assert first.credit == pytest.approx(2 / 3)
    wrong = [it.id for it in answers(attempt)[1].version.facts.choices if not it.correct]
    for option in wrong:
        services.check(attempt, 2, [option])
    second = answers(attempt)[1]
    assert (second.correct, second.tries, second.credit) == (False, 3, 0)
    services.finish(attempt, {})
    attempt.refresh_from_db()
    assert attempt.score == pytest.approx(2 / 3)


def test_the_same_wrong_answer_again_is_no_new_try(topic: Topic) -> None:
    attempt = services.start(settle(topic, behaviour="interactive", tries=2), make_learner())
    for _ in range(3):
        check(attempt, 1, right=False)
    first = answers(attempt)[0]
    assert (first.is_locked, first.tries) == (False, 1)


def test_an_older_check_takes_back_no_try(topic: Topic) -> None:
    settle(topic, behaviour="interactive", tries=4)
    attempt = services.start(quiz(topic), make_learner())
    client, address = client_of(attempt.learner), f"/learn/{topic.slug}/practice/1/"
    wrong = [it.id for it in answers(attempt)[0].version.facts.choices if not it.correct]
    stale = queries.attempt_page(attempt).known
    assert client.post(address, {"known": stale, "choice": wrong[0]}).status_code == 302
    now = queries.attempt_page(Attempt.objects.get()).known
    assert client.post(address, {"known": now, "choice": wrong[1]}).status_code == 302
    late = client.post(address, {"known": stale, "choice": wrong[0]})
    assert late.status_code == 409
    first = answers(attempt)[0]
    assert (first.response, first.tries) == ([wrong[1]], 2)


def test_a_finish_takes_back_no_try_that_its_page_did_not_show(topic: Topic) -> None:
    attempt = services.start(settle(topic, behaviour="interactive", tries=3), make_learner())
    stale = queries.attempt_page(attempt).known
    check(attempt, 3, right=False)
    third = answers(attempt)[2]
    form = {"known": stale, "asked-3": "1", "choice": keyed(third)}
    client = client_of(attempt.learner)
    told = client.post(f"/attempts/{attempt.pk}/finish/", form, follow=True).content.decode()
    assert "Not counted: what you sent for question 3." in told
    kept = answers(attempt)[2]
    assert (kept.response, kept.tries, kept.correct) == (mistaken(third), 1, False)


def test_what_was_tried_and_left_open_is_graded_with_its_share(topic: Topic) -> None:
    attempt = services.start(settle(topic, behaviour="interactive", tries=2), make_learner())
    check(attempt, 1, right=False)
    services.finish(attempt, {1: keyed(answers(attempt)[0])})
    assert answers(attempt)[0].credit == 1 / 2, "the first try was wrong, so this is the second"


def test_immediate_locks_the_first_answer(topic: Topic) -> None:
    attempt = services.start(settle(topic, tries=3), make_learner())
    check(attempt, 1, right=False)
    check(attempt, 1, right=True)
    assert answers(attempt)[0].correct is False


def test_mastery_goes_on_until_enough_of_the_last_answers_are_right(topic: Topic) -> None:
    settings: dict[str, Any] = {"behaviour": "mastery", "mastery_right": 2, "mastery_of": 3}
    attempt = services.start(settle(topic, **settings), make_learner())
    assert len(answers(attempt)) == 1
    for position, right in enumerate((False, True, False), start=1):
        check(attempt, position, right=right)
        asked = [answer.version_id for answer in answers(attempt)]
        assert len(asked) == position + 1
        assert asked[-1] != asked[-2]
    assert len(set(asked)) == 3, "each question comes once before any comes again"
    check(attempt, 4, right=True)
    assert len(answers(attempt)) == 4, "right, wrong, right: two of the last three"
    page = queries.attempt_page(attempt)
    assert page.complete


def test_a_practice_of_one_question_can_be_mastered_too(db: None) -> None:
    lonely = make_topic(practice=1)
    settings: dict[str, Any] = {"behaviour": "mastery", "mastery_right": 2, "mastery_of": 2}
    attempt = services.start(settle(lonely, **settings), make_learner())
    check(attempt, 1, right=True)
    check(attempt, 2, right=True)
    assert len(answers(attempt)) == 2


def test_no_more_attempts_than_allowed(topic: Topic) -> None:
    test = settle(topic, "test", attempts_allowed=1)
    learner = make_learner()
    client = client_of(learner)
    assert "1 is left" in page(client)
    attempt = services.start(test, learner)
    assert services.start(test, learner) == attempt, "the open one can be returned to"
    services.finish(attempt, {})
    with pytest.raises(services.NoAttemptLeft):
        services.start(test, learner)
    assert client.post("/learn/gradients/test/").headers["Location"] == "/learn/gradients/test/"
    assert "0 are left" in page(client)
    assert "Start the test" not in page(client)
    assert services.start(test, make_learner())


def page(client: Any) -> str:
    return " ".join(client.get("/learn/gradients/test/").content.decode().split())


def test_a_void_attempt_neither_counts_nor_is_used_up(topic: Topic) -> None:
    test = settle(topic, "test", attempts_allowed=1)
    learner = make_learner()
    attempt = services.start(test, learner)
    services.finish(attempt, {})
    Attempt.objects.update(state="void")
    assert overall_grade(test, learner) is None
    assert queries.attempts_left(test, learner) == 1


@pytest.mark.parametrize("rule", Quiz.Counts.values)
def test_which_attempt_counts(topic: Topic, rule: str) -> None:
    test, learner = settle(topic, "test", counts=rule), make_learner()
    for right in (0, 2, 1):
        attempt = services.start(test, learner)
        first = answers(attempt)[:right]
        services.finish(attempt, {answer.position: keyed(answer) for answer in first})
    found = overall_grade(test, learner)
    assert found is not None
    total = len(answers(attempt))
    expected = {"best": 2 / total, "last": 1 / total, "first": 0, "mean": 1 / total}[rule]
    assert found.score == pytest.approx(expected)
    assert f"{found.percent} %" in page(client_of(learner))


@given(st.lists(st.floats(0, 1), min_size=1, max_size=9))
def test_what_counts_lies_between_the_worst_and_the_best(scores: list[float]) -> None:
    for rule in Quiz.Counts.values:
        assert min(scores) - 1e-9 <= counted(scores, rule) <= max(scores) + 1e-9


def test_shares_fall_evenly() -> None:
    assert [share(tries, 3) for tries in (1, 2, 3)] == pytest.approx([1, 2 / 3, 1 / 3])


def test_mastery_forgets_what_is_long_ago() -> None:
    assert mastered([True, True, False], 2, 3)
    assert not mastered([True, True, False, False], 2, 3)
    assert not mastered([True], 2, 3)


@pytest.mark.parametrize(
    ("kind", "settings", "field"),
    [
        ("test", {"behaviour": "immediate"}, "behaviour"),
        ("practice", {"behaviour": "deferred"}, "behaviour"),
        ("inline", {"behaviour": "mastery"}, "behaviour"),
        ("practice", {"mastery_right": 6, "mastery_of": 5}, "mastery_right"),
        ("practice", {"tries": 1}, "tries"),
        ("test", {"time_limit": 0}, "time_limit"),
        ("test", {"time_limit": 99_999_999_999}, "time_limit"),
        ("test", {"attempts_allowed": 0}, "attempts_allowed"),
    ],
)
def test_settings_that_do_not_fit_are_refused_at_their_field(
    topic: Topic, kind: str, settings: dict[str, Any], field: str
) -> None:
    client = client_of(make_teacher())
    found = quiz(topic, kind)
    address = f"/admin/quizzes/quiz/{found.pk}/change/"
    response = client.post(address, posted(found) | {k: str(v) for k, v in settings.items()})
    assert response.status_code == 200
    assert field in response.context["adminform"].form.errors
    found.refresh_from_db()
    assert found.behaviour == ("deferred" if kind == "test" else "immediate")


def posted(found: Quiz) -> dict[str, Any]:
    return {
        "behaviour": found.behaviour,
        "tries": "3",
        "mastery_right": "3",
        "mastery_of": "5",
        "time_limit": "",
        "attempts_allowed": "",
        "counts": "best",
        "review_during": found.review_during,
        "review_after": found.review_after,
        "review_later": found.review_later,
    }


def test_a_teacher_sets_a_quiz_and_nobody_else_does(topic: Topic) -> None:
    found = quiz(topic, "test")
    address = f"/admin/quizzes/quiz/{found.pk}/change/"
    change = posted(found) | {"time_limit": "30", "review_after": ["marks"]}
    assert client_of(make_user(is_staff=True)).post(address, change).status_code == 403
    assert client_of(make_teacher()).post(address, change).status_code == 302
    found.refresh_from_db()
    assert (found.time_limit, found.review_after) == (30, ["marks"])
    assert client_of(make_teacher("emmy")).get("/admin/quizzes/quiz/add/").status_code == 403


def test_options_of_practice_are_mixed_when_the_quiz_says_so(topic: Topic) -> None:
    shuffled = settle(topic, shuffle_options=True, shuffle_questions=True)
    orders = set()
    for _ in range(12):
        attempt = services.start(shuffled, make_learner())
        orders.add(tuple(tuple(answer.order) for answer in answers(attempt)))
    assert len(orders) > 1


def test_practice_does_not_check_what_an_open_test_asks(topic: Topic) -> None:
    learner = make_learner()
    practice = services.start(quiz(topic), learner)
    test = services.start(quiz(topic, "test"), learner)
    with pytest.raises(BadResponse, match="test that you have open"):
        check(practice, 1, right=True)
    assert not answers(practice)[0].is_locked
    services.finish(test, {})
    check(practice, 1, right=True)
    assert answers(practice)[0].is_locked


def test_practice_does_not_end_while_a_test_asks_the_same(topic: Topic) -> None:
    learner = make_learner()
    practice = services.start(quiz(topic), learner)
    test = services.start(quiz(topic, "test"), learner)
    with pytest.raises(BadResponse, match="Finish that one first"):
        services.finish(practice, {})
    address = f"/attempts/{practice.pk}/finish/"
    said = client_of(learner).post(address, {}, follow=True).content.decode()
    assert "Finish that one first" in said
    assert not any(answer.is_locked for answer in answers(practice))
    services.finish(test, {})
    services.finish(practice, {})
    assert all(answer.is_locked for answer in answers(practice))


def test_another_learners_open_test_is_no_hindrance(topic: Topic) -> None:
    make_question(topic, use="bank")
    services.start(quiz(topic, "test"), make_learner())
    practice = services.start(quiz(topic), make_learner())
    check(practice, 1, right=True)
    assert answers(practice)[0].is_locked
