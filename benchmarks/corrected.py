"""`python -m benchmarks.corrected N`: corrects a key that N attempts in a prepared database used.

Prints a line when the correction is confirmed, and ends when the last attempt is graded again.
"""

import sys

import django

django.setup()

from accounts.demo import create_demo_accounts  # noqa: E402  (only from here on)
from accounts.models import Learner, User  # noqa: E402
from quizzes import regrading  # noqa: E402
from quizzes.drawing import versions_of  # noqa: E402
from quizzes.models import Answer, Attempt, QuestionVersion, Quiz, Regrading  # noqa: E402
from quizzes.publishing import publish  # noqa: E402


def main() -> int:
    begun = _confirmed(int(sys.argv[1]))
    sys.stdout.write("confirmed\n")
    sys.stdout.flush()
    while begun.is_going:
        regrading.go_on(begun, most=5)
    return 0


def _confirmed(number: int) -> Regrading:
    """`number` finished attempts, whose key is corrected, and the correction confirmed."""
    test = Quiz.objects.get(topic__slug="optimizers", kind=Quiz.Kind.TEST)
    version = next(one for one in versions_of(test) if one.facts.kind == "single")
    _fill(test, version, number)
    question = version.question
    wrong = question.choices.filter(correct=False)[0]
    question.choices.filter(correct=True).update(correct=False, mistake="It was the key.")
    question.choices.filter(pk=wrong.pk).update(correct=True, mistake="")
    publish(question)
    create_demo_accounts()
    teacher = User.objects.get(username="teacher")
    agreed = regrading.agreement(regrading.affected(question))
    latest = question.versions.count()
    return regrading.begin(question, latest, agreed, "The key was wrong.", teacher)


def _fill(test: Quiz, version: QuestionVersion, number: int) -> None:
    learners = Learner.objects.bulk_create([Learner() for _ in range(number)], batch_size=500)
    right = [choice.id for choice in version.facts.choices if choice.correct]
    order = [choice.id for choice in version.facts.choices]
    attempts = Attempt.objects.bulk_create(
        [Attempt(quiz=test, learner=one, state="finished", score=1.0) for one in learners],
        batch_size=500,
    )
    graded = {"response": right, "correct": True, "credit": 1.0, "order": order}
    Answer.objects.bulk_create(
        [Answer(attempt=one, position=1, version=version, **graded) for one in attempts],
        batch_size=500,
    )


if __name__ == "__main__":
    sys.exit(main())
