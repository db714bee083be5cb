"""`python -m benchmarks.cohort`: fills a prepared database with a million answers to one test.

Every attempt asks the same ten questions, so that alpha is computed too. It prints, as JSON, a
teacher's session key and the addresses of the pages to read.
"""

import json
import math
import random
import sys
from collections.abc import Sequence
from importlib import import_module

import django

django.setup()

from django.conf import settings  # noqa: E402  (models can be imported only from here on)
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402

from accounts.demo import create_demo_accounts  # noqa: E402
from accounts.models import Learner, User  # noqa: E402
from quizzes.drawing import versions_of  # noqa: E402
from quizzes.models import Answer, Attempt, QuestionVersion, Quiz  # noqa: E402

ATTEMPTS, LEARNERS, AT_ONCE = 100_000, 20_000, 2000
QUESTIONS = 10
CHANCE = random.Random(1)  # noqa: S311  (imagined people need no secrets)


def main() -> int:
    """Fills the database that the environment names."""
    test = Quiz.objects.get(topic__slug="optimizers", kind="test")
    versions = [version for version in versions_of(test) if version.facts.choices][:QUESTIONS]
    _fill(test, versions)
    page = f"/admin/quizzes/quiz/{test.pk}/statistics/"
    empty = Quiz.objects.exclude(pk=test.pk)[0].pk
    addresses = {
        "quiz_empty": f"/admin/quizzes/quiz/{empty}/statistics/",
        "quiz_first_attempts": page,
        "quiz_every_attempt": f"{page}?attempts=all",
        "question_every_attempt": f"{page}{versions[0].question_id}/?attempts=all",
    }
    sys.stdout.write(json.dumps({"session": _teachers_session(), "addresses": addresses}))
    return 0


def _fill(test: Quiz, versions: Sequence[QuestionVersion]) -> None:
    learners = Learner.objects.bulk_create([Learner() for _ in range(LEARNERS)], batch_size=500)
    abilities = [CHANCE.gauss(0, 1) for _ in learners]
    options = [(version, *_options(version)) for version in versions]
    for begun in range(0, ATTEMPTS, AT_ONCE):
        attempts, answers = [], []
        for number in range(begun, begun + AT_ONCE):
            who = number % LEARNERS
            attempt = Attempt(
                quiz=test, learner=learners[who], number=number // LEARNERS + 1, state="finished"
            )
            its_own = [
                _answer(attempt, position, abilities[who], *asked)
                for position, asked in enumerate(options, start=1)
            ]
            attempt.score = sum(answer.credit or 0 for answer in its_own)
            attempts.append(attempt)
            answers += its_own
        Attempt.objects.bulk_create(attempts, batch_size=500)
        Answer.objects.bulk_create(answers, batch_size=2000)


def _options(version: QuestionVersion) -> tuple[list[str], list[str]]:
    """The ids of the right options, and those of the wrong ones."""
    choices = version.facts.choices
    right = [choice.id for choice in choices if choice.correct]
    return right, [choice.id for choice in choices if not choice.correct]


def _answer(
    attempt: Attempt,
    position: int,
    ability: float,
    version: QuestionVersion,
    right: list[str],
    wrong: list[str],
) -> Answer:
    """Right as often as the ability has it (G. Rasch's model, all questions equally hard)."""
    correct = CHANCE.random() < 1 / (1 + math.exp(-ability))
    return Answer(
        attempt=attempt,
        position=position,
        version=version,
        order=right + wrong,
        response=right if correct else [CHANCE.choice(wrong)],
        correct=correct,
        credit=float(correct),
        seconds=CHANCE.randrange(5, 200),
    )


def _teachers_session() -> str:
    """The key of a session in which the demo teacher is signed in."""
    create_demo_accounts()
    teacher = User.objects.get(username="teacher")
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(teacher.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = teacher.get_session_auth_hash()
    session.save()
    return str(session.session_key)


if __name__ == "__main__":
    sys.exit(main())
