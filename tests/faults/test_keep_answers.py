"""The web process is killed; what it had acknowledged is there when the next one answers."""

import os
import random
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from django.db import transaction

from accounts.models import Learner
from quizzes.models import Answer
from tests.factories import keyed, make_learner, make_topic
from tests.faults.sheet import Browser, Sheet, begun
from tests.faults.web import Web, web
from training_jobs.models import Run

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
QUESTIONS = 4


@pytest.fixture
def learner(transactional_db: None) -> Learner:
    make_topic("gradients", bank=QUESTIONS)
    return make_learner()


def kill(server: Web) -> None:
    os.kill(server.process.pid, signal.SIGKILL)
    server.process.popen.wait()


def test_saved_and_killed_and_started_again_everything_is_there(learner: Learner) -> None:
    with web() as server:
        sheet = begun(Browser.of(learner, server), "gradients")
        responses = {answer.position: keyed(answer) for answer in sheet.answers}
        assert sheet.save(responses, 1).status_code == 200
        kill(server)
    assert sheet.kept == responses
    with web() as server:
        sheet = sheet.at(server)
        assert sheet.chosen_on_page() == {chosen for [chosen] in responses.values()}
        assert sheet.finish().headers["Location"] == sheet.result_path
    assert sheet.row.score == QUESTIONS


def test_killed_while_it_finishes_it_has_done_nothing_and_the_next_one_does_all(
    learner: Learner,
) -> None:
    with web() as server, ThreadPoolExecutor() as tabs:
        sheet = begun(Browser.of(learner, server), "gradients")
        responses = {answer.position: keyed(answer) for answer in sheet.answers}
        assert sheet.save(responses, 1).status_code == 200
        # The learner is asked for last: on PostgreSQL all is graded when the finish waits here.
        with transaction.atomic():
            Learner.objects.select_for_update().get(id=learner.id)
            finishing = tabs.submit(sheet.finish)
            time.sleep(1)
            assert not finishing.done()
            kill(server)
        with pytest.raises(requests.RequestException):
            finishing.result()
    assert sheet.row.is_open
    assert sheet.kept == responses
    assert {answer.correct for answer in sheet.answers} == {None}
    with web() as server:
        assert sheet.at(server).finish().headers["Location"] == sheet.result_path
    assert sheet.row.score == QUESTIONS
    assert sheet.row.run == Run.objects.get()


def sheet_of(found: list[Answer], seq: int) -> dict[int, list[str]]:
    """All that save number `seq` says: one question is changed, the others are as before."""
    return {
        answer.position: [answer.order[(seq + answer.position) // QUESTIONS % len(answer.order)]]
        for answer in found
    }


def saved_until_killed(sheet: Sheet, found: list[Answer]) -> int:
    """Saves the sheet with change after change; the last number that was acknowledged."""
    first = max(answer.seq for answer in found) + 1
    for seq in range(first, first + 10_000):
        try:
            answer = sheet.save(sheet_of(found, seq), seq)
        except requests.RequestException:
            return seq - 1
        assert answer.status_code == 200, answer.text
    raise AssertionError("it was never killed")


def test_killed_while_saves_are_under_way_it_has_lost_none_it_acknowledged(
    learner: Learner,
) -> None:
    for _ in range(3):
        with web() as server, ThreadPoolExecutor() as tabs:
            sheet = begun(Browser.of(learner, server), "gradients")
            found = sheet.answers
            saving = tabs.submit(saved_until_killed, sheet, found)
            time.sleep(1 + random.random() / 5)  # noqa: S311  (any moment will do)
            kill(server)
            last = saving.result()
        [kept] = {answer.seq for answer in sheet.answers}
        assert found[0].seq < last <= kept <= last + 1  # one more may have been under way
        assert sheet.kept == sheet_of(found, kept)
