"""Tabs of one learner that start, save and finish a test at the same moment."""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from django.db import transaction

from accounts.models import Learner
from lessons.models import Topic
from quizzes.models import Answer, Attempt
from tests.factories import keyed, make_learner, make_topic, make_user, mistaken
from tests.faults.sheet import Browser, Responses, Sheet, at_once, begun, start
from tests.faults.web import Web, web
from training_jobs.models import Run, RunEvent

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
QUESTIONS = 5
OVERTAKEN = 409
Post = Callable[[Sheet, Responses], requests.Response]


@pytest.fixture(scope="module")
def server(django_db_setup: None) -> Iterator[Web]:
    """One process for all of these tests: nothing here is to end it."""
    with web() as process:
        yield process


@pytest.fixture
def topic(transactional_db: None) -> Topic:
    return make_topic("gradients", bank=QUESTIONS)


@pytest.fixture
def guest(transactional_db: None) -> Learner:
    return make_learner()


@pytest.fixture
def sheet(server: Web, topic: Topic, guest: Learner) -> Sheet:
    return begun(Browser.of(guest, server), topic.slug)


def all_right(sheet: Sheet) -> dict[int, list[str]]:
    return {answer.position: keyed(answer) for answer in sheet.answers}


def all_wrong(sheet: Sheet) -> dict[int, list[str]]:
    return {answer.position: mistaken(answer) for answer in sheet.answers}


def options(sheet: Sheet, number: int) -> dict[int, list[str]]:
    """The option that stands at this place, for each question."""
    return {answer.position: [answer.order[number]] for answer in sheet.answers}


def check_graded(sheet: Sheet) -> None:
    """It is finished, and each answer has the grade of what is kept as its response."""
    attempt, found = sheet.row, sheet.answers
    assert attempt.state == Attempt.State.FINISHED
    assert [answer.correct for answer in found] == [
        answer.response == keyed(answer) for answer in found
    ]
    assert attempt.score == sum(answer.correct is True for answer in found)


def test_twenty_posts_of_finish_give_one_grade_one_run_and_twenty_same_answers(
    sheet: Sheet,
) -> None:
    posts = [all_right(sheet), all_wrong(sheet)]

    def finish(number: int) -> tuple[int, str, str]:
        response = sheet.finish(posts[number % 2], seed=number)
        return response.status_code, response.headers["Location"], sheet.title_of_result()

    [seen] = set(at_once(finish, range(20)))
    assert seen[:2] == (302, sheet.result_path)
    check_graded(sheet)
    run = Run.objects.get()
    # The run tells whose post was taken: the grade is of the same one, and whole.
    assert sheet.row.score == [QUESTIONS, 0][run.plan["seed"] % 2]
    assert sheet.row.run == run
    assert RunEvent.objects.filter(run=run).count() == 1


@pytest.mark.parametrize("who", ["guest", "member"])
def test_ten_tabs_that_start_at_once_land_on_one_attempt(
    server: Web, topic: Topic, who: str
) -> None:
    # The member is new: not even the row of the learner is there yet.
    browser = Browser.of(make_learner() if who == "guest" else make_user(), server)
    responses = at_once(lambda _: start(browser, topic.slug), range(10))
    attempt = Attempt.objects.get()
    assert attempt.is_open
    assert {(found.status_code, found.headers["Location"]) for found in responses} == {
        (302, attempt.get_absolute_url())
    }
    assert Answer.objects.filter(attempt=attempt).count() == Answer.objects.count() == QUESTIONS
    assert Learner.objects.count() == 1


def test_an_older_save_that_comes_later_is_told_and_changes_nothing(sheet: Sheet) -> None:
    newer, older = all_right(sheet), all_wrong(sheet)
    assert sheet.save(newer, seq=5).status_code == 200
    assert sheet.save(older, seq=3).status_code == OVERTAKEN
    assert sheet.save(newer, seq=3).status_code == 200  # the same again: as it is kept
    assert sheet.kept == newer
    assert {answer.seq for answer in sheet.answers} == {5}


def test_a_save_speaks_for_its_own_questions_only(sheet: Sheet) -> None:
    right = all_right(sheet)
    assert sheet.save({1: right[1]}, seq=5).status_code == 200
    assert sheet.save({2: right[2]}, seq=3).status_code == 200
    sheet.finish({3: right[3]}, seq=4)
    assert {position for position, kept in sheet.kept.items() if kept} == {1, 2, 3}
    assert sheet.row.score == 3


def test_of_saves_that_come_at_once_the_newest_stays(sheet: Sheet) -> None:
    newest, older, numbers = all_right(sheet), all_wrong(sheet), list(range(1, 17))
    random.shuffle(numbers)

    def save(number: int) -> tuple[int, int]:
        responses = newest if number == max(numbers) else older
        return number, sheet.save(responses, number).status_code

    told = dict(at_once(save, numbers))
    assert sheet.kept == newest
    assert {answer.seq for answer in sheet.answers} == {max(numbers)}
    assert told[max(numbers)] == 200
    assert set(told.values()) <= {200, OVERTAKEN}


def saved_until_refused(sheet: Sheet, turns: Sequence[Responses]) -> Responses:
    """Saves the one and the other in turn, as fast as it goes; what was acknowledged last."""
    acknowledged = turns[0]
    for seq in range(2, 10_000):
        answer = sheet.save(turns[seq % 2], seq)
        if answer.status_code != 200:
            assert_told_of_the_end(sheet, answer)
            return acknowledged
        acknowledged = turns[seq % 2]
    raise AssertionError("it was never finished")


def assert_told_of_the_end(sheet: Sheet, answer: requests.Response) -> None:
    if answer.status_code == 302:
        assert answer.headers["Location"] == sheet.result_path
    else:
        assert answer.status_code == OVERTAKEN, answer.text


@pytest.mark.parametrize("turn", range(6))
def test_what_was_acknowledged_before_the_finish_is_what_is_graded(sheet: Sheet, turn: int) -> None:
    turns, stale = [options(sheet, 0), options(sheet, 1)], options(sheet, 2)
    assert sheet.save(turns[0], seq=1).status_code == 200
    with ThreadPoolExecutor() as tabs:
        saving = tabs.submit(saved_until_refused, sheet, turns)
        time.sleep((1 + turn) * random.random() / 10)  # noqa: S311  (any moment will do)
        # It comes from a tab that was opened before everything that is saved.
        assert sheet.finish(stale, seq=1).headers["Location"] == sheet.result_path
    assert sheet.kept == saving.result()
    check_graded(sheet)


def overtaken(sheet: Sheet, post: Post) -> requests.Response:
    """The answer to a post that has found the test open, and waits while another one ends it."""
    responses = all_right(sheet)
    with ThreadPoolExecutor() as tabs:
        with transaction.atomic():
            attempts = Attempt.objects.filter(id=sheet.attempt)
            assert attempts.select_for_update().get().is_open
            posting = tabs.submit(post, sheet, responses)
            time.sleep(1)  # long enough for it to have read the row, and to be at the lock
            assert not posting.done()
            Answer.objects.filter(attempt=sheet.attempt).update(correct=False, credit=0)
            attempts.update(state=Attempt.State.FINISHED, score=0)
        return posting.result()


@pytest.mark.parametrize(
    "post", [lambda it, all_of: it.save(all_of, 9), Sheet.finish], ids=["save", "finish"]
)
def test_what_comes_after_the_end_changes_nothing_and_is_told_so(sheet: Sheet, post: Post) -> None:
    assert_told_of_the_end(sheet, overtaken(sheet, post))
    assert not any(sheet.kept.values())
    assert {answer.correct for answer in sheet.answers} == {False}
    assert (sheet.row.state, sheet.row.score, sheet.row.run) == (Attempt.State.FINISHED, 0, None)
    assert not Run.objects.exists()


def test_a_database_locked_for_five_seconds_is_waited_for(sheet: Sheet) -> None:
    responses = all_right(sheet)
    with ThreadPoolExecutor() as tabs:
        # On SQLite a transaction holds the one write lock; on PostgreSQL, the lock of this row.
        with transaction.atomic():
            Attempt.objects.select_for_update().get(id=sheet.attempt)
            saving = tabs.submit(sheet.save, responses, 1)
            time.sleep(5)
            assert not saving.done()
        answer = saving.result()
    assert answer.status_code == 200, answer.text
    assert sheet.kept == responses


def test_a_guest_without_a_place_for_a_run_has_the_grade_and_the_run_later(
    sheet: Sheet, topic: Topic
) -> None:
    offer = topic.experiment.get_absolute_url()

    def ask() -> requests.Response:
        return sheet.browser.post(offer, {}, htmx=False)

    waiting = [ask().headers["Location"] for _ in range(2)]
    answer = sheet.finish(all_right(sheet))
    assert (answer.status_code, answer.headers["Location"]) == (302, sheet.result_path)
    check_graded(sheet)
    assert sheet.row.score == QUESTIONS
    assert sheet.row.run is None
    page = sheet.browser.get(sheet.result_path)
    assert page.status_code == 200
    assert f'href="{offer}"' in page.text
    assert ask().status_code == 429
    assert sheet.browser.post(f"{waiting[0]}cancel/", {}, htmx=False).status_code == 302
    assert ask().status_code == 302
    assert Run.objects.count() == 3
