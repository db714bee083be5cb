"""What published topics and lessons need from their questions."""

from collections.abc import Iterator

from django.db.models import QuerySet
from django.dispatch import receiver

from accounts.models import User
from authoring.deletion import leaving
from authoring.models import State
from authoring.publication import Lack, weighed
from lessons.models import Lesson, Topic
from quizzes.models import Attempt, Question, QuestionVersion
from quizzes.queries import TEST_LENGTH

PUBLISHED = State.PUBLISHED


@receiver(weighed, sender=Topic)
def weigh_topic(row: Topic, **_: object) -> list[Lack]:
    """A published topic needs something to read or to answer."""
    if not row.is_published or _lessons(row.pk).exists() or _questions(row.pk).exists():
        return []
    words = "It has neither a published lesson nor a published question: publish one first."
    return [Lack("state", words)]


@receiver(weighed, sender=Lesson)
def weigh_lesson(row: Lesson, **_: object) -> list[Lack]:
    """An inline quiz needs questions, and a topic's last lesson stays published."""
    return list(_against_lesson(row))


def _against_lesson(row: Lesson) -> Iterator[Lack]:
    asks = row.is_published and "[[inline-quiz]]" in row.source
    if asks and not _questions(row.topic_id).filter(use=Question.Use.INLINE).exists():
        yield Lack(
            "source",
            "[[inline-quiz]] asks the topic’s published questions that are used inside the lesson,"
            " but it has none: publish one, or take the line out.",
        )
    before = Lesson.objects.filter(pk=row.pk, state=PUBLISHED).select_related("topic").first()
    leaves = before is not None and not (row.is_published and row.topic_id == before.topic_id)
    if before is not None and leaves and _is_last(before.topic, before):
        yield Lack("state", _last_words(before.topic))


@receiver(weighed, sender=Question)
def weigh_question(row: Question, **_: object) -> list[Lack]:
    """A question stays where something published depends on it."""
    before = Question.objects.filter(pk=row.pk, state=PUBLISHED).select_related("topic").first()
    return list(_against_question(before, row)) if before is not None else []


def _against_question(before: Question, row: Question) -> Iterator[Lack]:
    topic, others = before.topic, _questions(before.topic_id).exclude(pk=before.pk)
    stays = row.is_published and row.topic_id == before.topic_id
    field = "topic" if row.is_published and not stays else "state"
    if not stays and topic.is_published and others.count() == TEST_LENGTH - 1:
        yield Lack(
            field,
            f"The test of “{topic}” asks {TEST_LENGTH} questions, and {TEST_LENGTH - 1} would be"
            " left: publish another one in its place first, or withdraw the topic.",
        )
    inline = Question.Use.INLINE
    leaves_lesson = before.use == inline and not (stays and row.use == inline)
    if leaves_lesson and not others.filter(use=inline).exists():
        for lesson in _lessons(topic.pk).filter(source__contains="[[inline-quiz]]"):
            yield Lack(
                "use" if stays else field,
                f"The published lesson “{lesson}” asks this question by [[inline-quiz]], and no"
                " other: publish another one first, or take that line out of the lesson.",
            )


@receiver(leaving, sender=Question)
def keep_question(row: Question, **_: object) -> list[str]:
    if not row.versions.exists():
        return []
    words = (
        "It has been published, and what learners were asked is kept. Withdraw it instead: set its"
        " state to draft, and it is asked no more."
    )
    return [words]


@receiver(leaving, sender=Topic)
def keep_topic(row: Topic, **_: object) -> list[str]:
    was_asked = QuestionVersion.objects.filter(question__topic=row).exists()
    if not was_asked and not Attempt.objects.filter(quiz__topic=row).exists():
        return []
    words = (
        "Questions of it have been published, and what learners were asked and answered is kept."
        " Withdraw it instead: set its state to draft, and nobody can find it."
    )
    return [words]


@receiver(leaving, sender=User)
def keep_person(row: User, **_: object) -> list[str]:
    if not Attempt.objects.filter(learner__user=row).exists():
        return []
    words = (
        "Tests and practice of this person are kept with the account. To lock it, take away"
        " “Active”: nobody signs in with it then. To remove all that is kept, its owner opens “My"
        " progress” and deletes it there."
    )
    return [words]


def _lessons(topic: int | None) -> QuerySet[Lesson]:
    return Lesson.objects.filter(topic=topic, state=PUBLISHED)


def _questions(topic: int | None) -> QuerySet[Question]:
    return Question.objects.filter(topic=topic, state=PUBLISHED)


def _is_last(topic: Topic, lesson: Lesson) -> bool:
    """Whether the published topic would have nothing left without this lesson."""
    others = _lessons(topic.pk).exclude(pk=lesson.pk)
    return topic.is_published and not others.exists() and not _questions(topic.pk).exists()


def _last_words(topic: Topic) -> str:
    return (
        f"It is the last thing that the published topic “{topic}” offers: withdraw the topic first,"
        " or publish something else in it."
    )
