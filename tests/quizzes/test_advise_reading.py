"""Which lesson a result leads to, with the course's own files, tests and answers."""

import html
import re
import shutil
from pathlib import Path

import pytest
from django.conf import settings

from lessons.models import Lesson, Topic
from quizzes import services
from quizzes.content import load_course
from tests.factories import client_of, make_learner, quiz

pytestmark = pytest.mark.django_db

COURSE: Path = settings.WEIGHTWISE_CONTENT
SECOND = """+++
title = "{title}"
minutes = 5
summary = "A second lesson."
key_insight = "None."
+++

{text}
"""


def load_with(tmp_path: Path, title: str, text: str) -> Topic:
    """The course with a second lesson in its topic on optimizers."""
    course = shutil.copytree(COURSE, tmp_path / "content")
    lesson = course / "optimizers" / "lessons" / "math.md"
    lesson.write_text(SECOND.format(title=title, text=text), encoding="utf-8")
    list(load_course(course))
    topic = Topic.objects.get(slug="optimizers")
    Lesson.objects.filter(topic=topic).update(state="published")
    return topic


def advised_after_missing(topic: Topic, tag: str) -> str:
    """What the result page says of a test in which the questions with this tag are missed."""
    others = topic.questions.exclude(tags=tag)
    others.update(state="draft")
    attempt = services.start(quiz(topic, "test"), make_learner())
    services.finish(attempt, {}, seed=1, prediction=None)  # what is not answered counts as wrong
    page = client_of(attempt.learner).get(f"/attempts/{attempt.pk}/result/").content.decode()
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page)).split())


ABOUT = {
    "learning-rate": "How long is a step? A learning rate says it. A learning rate is a factor. "
    * 12,
    "sgd-and-momentum": "Momentum lets SGD remember. Where SGD swings, momentum is calm. " * 24,
}
# Words that hold "rate" and are about none, and more of them than any lesson has rates.
SEPARATE = "Separate, iterate and generate accurate, moderate, elaborate operating systems. " * 40


@pytest.mark.parametrize("tag", ABOUT)
def test_a_subject_leads_to_the_second_lesson_that_is_about_it(tmp_path: Path, tag: str) -> None:
    topic = load_with(tmp_path, "By hand", ABOUT[tag])
    told = advised_after_missing(topic, tag)
    assert "Read “By hand”" in told
    assert re.search(f"about {tag.replace('-', ' ')} (was|were) left unanswered[.]", told)


def test_words_that_only_contain_the_subjects_lead_nowhere(tmp_path: Path) -> None:
    topic = load_with(tmp_path, "On systems", SEPARATE)
    told = advised_after_missing(topic, "learning-rate")
    assert "Read “On systems”" not in told
    assert "Read “From raw rows to a prediction, with three optimizers”" in told
