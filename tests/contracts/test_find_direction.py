"""Whatever somebody wrote, in whatever script, is shown in the direction of its own text."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.test import Client

from accounts.models import Learner
from lessons.models import Lesson, Topic, Track
from quizzes import lifecycle, services
from quizzes.models import Attempt, Choice, NearMiss, Question, Quiz
from quizzes.publishing import publish
from tests.factories import (
    answers,
    client_of,
    finish_run,
    make_learner,
    make_lesson,
    make_multiple,
    make_numeric,
    make_teacher,
    make_topic,
    make_user,
    mistaken,
    quiz,
)
from training_jobs.models import Experiment, Run

pytestmark = pytest.mark.django_db
# A word that is read from right to left; each field has it with a number of its own.
WORD = "שלום"
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr", "use"}
INLINE = {"a", "abbr", "b", "bdi", "button", "cite", "code", "em", "i", "label", "mark", "output"}
INLINE |= {"small", "span", "strong", "sub", "summary", "sup", "time", "u"}
ROOT = Path(__file__).parents[2]
SHEETS = {False: "static/css/base.css", True: "static/css/admin.css"}


def plaintext_parts(*, admin: bool) -> set[str]:
    """The elements, and .classes, that the page's style sheet lets find their own direction."""
    text = (ROOT / SHEETS[admin]).read_text(encoding="utf-8")
    rules = re.findall(r"([^{}]+)\{[^{}]*unicode-bidi: plaintext", text)
    assert rules
    selectors = re.sub(r":is|\[.*?\]|/\*.*?\*/", "", rules[-1], flags=re.DOTALL)
    return set(re.findall(r"\.?[a-z][a-z0-9-]*", selectors))


class Directions(HTMLParser):
    """Collects each place where the word stands in the direction of the page around it."""

    def __init__(self, html: str, plaintext: set[str]) -> None:
        super().__init__()
        self.plaintext, self.wrong, self.seen = plaintext, list[str](), 0
        self.stack: list[tuple[str, bool]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        auto = given.get("dir") == "auto" or tag == "bdi"
        if tag == "input" and WORD in (given.get("value") or "") and given["type"] != "hidden":
            self._look(auto, f"<input name={given.get('name')}>")
        if tag not in VOID:
            classes = {f".{name}" for name in (given.get("class") or "").split()}
            self.stack.append((tag, auto or bool(classes & self.plaintext)))

    def handle_endtag(self, tag: str) -> None:
        if any(tag == open_tag for open_tag, _ in self.stack):
            while self.stack.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        tags = [tag for tag, _ in self.stack]
        if WORD not in data or "head" in tags or {"script", "option"} & set(tags):
            return
        if "textarea" in tags:
            self._look(self.stack[-1][1], "<textarea>")
            return
        self._look(self._has_own(), f"{' '.join(tags[-4:])}: {' '.join(data.split())[:60]}")

    def _has_own(self) -> bool:
        if any(auto for _, auto in self.stack):
            return True
        for tag, _ in reversed(self.stack):
            if tag in self.plaintext:
                return True
            if tag not in INLINE:  # a block has its own direction, whatever is around it
                return False
        return False

    def _look(self, right: bool, place: str) -> None:
        self.seen += 1
        self.wrong += [] if right else [place]


@pytest.fixture
def topic() -> Topic:
    topic = make_topic("gradients", practice=1, inline=1)
    make_lesson(
        topic,
        source=f"## {WORD}\n\n::: hint {WORD}\n{WORD}\n:::\n\n::: solution {WORD}\n{WORD}\n:::\n\n"
        f"::: note {WORD}\n{WORD}\n:::\n\n[[inline-quiz]]\n",
    )
    make_multiple(topic, position=2)
    make_numeric(topic, position=3, unit=WORD)
    prose = ("stem", "hint", "steps", "answer", "quick_check", "watch")
    Question.objects.update(**{name: f"{WORD} {name}" for name in prose})
    for choice in Choice.objects.all():
        texts = {name: f"{WORD} {name} {choice.pk}" for name in ("text", "mistake", "feedback")}
        Choice.objects.filter(pk=choice.pk).update(**texts)
    NearMiss.objects.update(mistake=WORD)
    Question.objects.update(waived=f"letters: {WORD}")
    Question.objects.filter(kind="multiple").update(hint=f"{WORD} Both A and C")
    for question in Question.objects.all():
        publish(question)
    for model in (Track, Topic, Lesson, Experiment):
        model.objects.update(title=WORD, summary=WORD)
    Lesson.objects.update(key_insight=WORD, key_insight_html=f"<p>{WORD}</p>")
    return Topic.objects.get(pk=topic.pk)


@pytest.fixture
def learner(topic: Topic) -> Learner:
    learner = make_learner(make_user(WORD))
    practice = services.start(quiz(topic), learner)
    wrong = {answer.position: mistaken(answer) for answer in answers(practice)}
    services.finish(practice, wrong | {3: ["155"]})
    void = services.start(quiz(topic), learner)
    services.finish(void, {})
    lifecycle.void(void, WORD, make_teacher("vera"))
    test = services.start(quiz(topic, "test"), learner)
    finish_run(Run.objects.order_by("created_at")[0])
    assert test.is_open
    return learner


def learner_pages(topic: Topic, learner: Learner) -> Iterator[str]:
    yield from ("/", topic.get_absolute_url(), "/me/", "/me/review/", "/me/attempts/", "/me/runs/")
    yield from (lesson.get_absolute_url() for lesson in Lesson.objects.all())
    yield from (f"/learn/{topic.slug}/practice/{number}/" for number in (1, 2, 3))
    yield topic.experiment.get_absolute_url()
    yield from (run.get_absolute_url() for run in Run.objects.all())
    for attempt in Attempt.objects.filter(learner=learner):
        yield attempt.get_absolute_url() + ("" if attempt.is_open else "result/")


def admin_pages() -> Iterator[str]:
    for model in ("quizzes/question", "quizzes/quiz", "quizzes/attempt", "quizzes/answer"):
        yield f"/admin/{model}/"
    for model in ("lessons/lesson", "lessons/topic", "lessons/track", "training_jobs/experiment"):
        yield f"/admin/{model}/"
    for row in (Lesson, Topic, Track, Experiment, Attempt, Quiz):
        name = f"{row._meta.app_label}/{row._meta.model_name}"
        yield f"/admin/{name}/{row.objects.latest('pk').pk}/change/"
    for question in Question.objects.filter(kind__in=("multiple", "numeric")):
        yield f"/admin/quizzes/question/{question.pk}/change/"
        yield f"/admin/quizzes/question/{question.pk}/preview/"
        yield f"/admin/quizzes/question/{question.pk}/regrade/"
        practice = Quiz.objects.get(kind="practice")
        yield f"/admin/quizzes/quiz/{practice.pk}/statistics/{question.pk}/"
        yield f"/admin/quizzes/quiz/{practice.pk}/statistics/"


def wrong_places(client: Client, addresses: Iterator[str], *, admin: bool) -> list[str]:
    plaintext, wrong = plaintext_parts(admin=admin), list[str]()
    for address in addresses:
        response = client.get(address, follow=True)
        if response.status_code == 200:
            found = Directions(response.content.decode(), plaintext)
            wrong += [f"{address} {place}" for place in found.wrong]
        else:
            wrong.append(f"{address} answers {response.status_code}")
    return wrong


def test_learners_read_each_text_in_its_own_direction(topic: Topic, learner: Learner) -> None:
    wrong = wrong_places(client_of(learner), learner_pages(topic, learner), admin=False)
    assert not wrong, "\n".join(wrong)


def test_authors_read_and_write_each_text_in_its_own_direction(learner: Learner) -> None:
    wrong = wrong_places(client_of(make_teacher()), admin_pages(), admin=True)
    assert not wrong, "\n".join(wrong)
