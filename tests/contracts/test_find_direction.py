"""Whatever somebody wrote, in whatever script, is shown in the direction of its own text."""

import re
from collections.abc import Container, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.test import Client

from accounts.models import Learner, User
from lessons.models import Lesson, Topic, Track
from quizzes import lifecycle, services
from quizzes.models import Attempt, Choice, NearMiss, Question, Quiz
from quizzes.publishing import publish
from tests.factories import (
    PASSWORD,
    answers,
    client_of,
    finish_run,
    make_experiment,
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
from training_jobs import services as services_of_runs
from training_jobs.groups import request_sweep
from training_jobs.models import Experiment, Run

pytestmark = pytest.mark.django_db
# A word that is read from right to left; each field has it with a number of its own.
WORD = "שלום"
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr", "use"}
INLINE = {"a", "abbr", "b", "bdi", "button", "cite", "code", "em", "i", "label", "mark", "output"}
INLINE |= {"small", "span", "strong", "sub", "summary", "sup", "time", "u"}
# The others show no text of their own: a choice has a label, a number field nothing but numbers.
TYPED_INTO = {"text", "email", "search", "password"}
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
        if tag == "input" and WORD in (given.get("value") or "") and given["type"] in TYPED_INTO:
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


def pages_of_runs(topic: Topic, learner: Learner) -> Iterator[str]:
    """Runs beside each other, and forms that an address has filled in."""
    experiment = topic.experiment
    experiment.permits = {"hidden_units": [[8], [16]]}
    experiment.save()
    made = services_of_runs.request_run(
        experiment, learner, key="changed", changes={"hidden_units": [16]}
    )
    finished = Run.objects.filter(state="succeeded")[0]
    yield made.get_absolute_url()
    yield f"/runs/compare/?run={finished.pk}&run={made.pk}"
    yield f"/runs/compare/?run={finished.pk}&run={made.pk}&only=differences"
    yield f"/runs/compare/?run={WORD}"
    yield f"/runs/compare/?experiment={experiment.slug}&experiment=wide"
    yield f"/runs/sweep/{request_sweep(experiment, make_learner(), key='b')}/"
    yield f"/runs/{made.pk}/script.py"
    address = f"{experiment.get_absolute_url()}?hidden_units={WORD}"
    yield from (address, f"{address}&part=estimate")


ACCOUNT = "/accounts/"
ACCOUNT_PAGES = (
    *("/me/delete/", "name/", "sessions/", "email/", "password/change/", "logout/"),
    *("2fa/", "2fa/webauthn/", "2fa/webauthn/add/", "2fa/totp/activate/"),
    *("reauthenticate/", "2fa/reauthenticate/"),
)


def pages_of_account(user: User) -> Iterator[str]:
    data = {"name": WORD, "credential": {}, "passwordless": True}
    key = Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data=data)
    for page in (*ACCOUNT_PAGES, f"2fa/webauthn/keys/{key.pk}/edit/"):
        yield page if page.startswith("/") else ACCOUNT + page
    yield f"{ACCOUNT}2fa/webauthn/keys/{key.pk}/remove/"


# What a reader typed and gets back, because it was refused.
TYPED = {
    "login/": {"login": WORD, "password": "no"},
    "signup/": {"username": WORD, "email": WORD, "password1": "no"},
    "password/reset/": {"email": WORD},
}


def wrong_places(
    client: Client, addresses: Iterator[str], *, admin: bool, answers: Container[int] = (200,)
) -> list[str]:
    wrong = list[str]()
    for address in addresses:
        response = client.get(address, follow=True)
        if response.status_code in answers:
            wrong += wrong_places_of(response, address, admin=admin)
        else:
            wrong.append(f"{address} answers {response.status_code}")
    return wrong


def wrong_places_of(response: Any, address: str, *, admin: bool = False) -> list[str]:
    found = Directions(response.content.decode(), plaintext_parts(admin=admin))
    return [f"{address} {place}" for place in found.wrong]


def test_learners_read_each_text_in_its_own_direction(topic: Topic, learner: Learner) -> None:
    wrong = wrong_places(client_of(learner), learner_pages(topic, learner), admin=False)
    assert not wrong, "\n".join(wrong)


def test_authors_read_and_write_each_text_in_its_own_direction(learner: Learner) -> None:
    wrong = wrong_places(client_of(make_teacher()), admin_pages(), admin=True)
    assert not wrong, "\n".join(wrong)


def test_runs_side_by_side_are_read_in_their_own_direction(topic: Topic, learner: Learner) -> None:
    make_experiment("wide", title=WORD)
    wrong = wrong_places(
        client_of(learner), pages_of_runs(topic, learner), admin=False, answers=(200, 400, 404)
    )
    assert not wrong, "\n".join(wrong)


def test_what_a_form_of_runs_refuses_is_read_in_its_own_direction(
    topic: Topic, learner: Learner
) -> None:
    address = topic.experiment.get_absolute_url()
    refused = client_of(learner).post(address, {WORD: "1", "seed": WORD})
    assert refused.status_code == 422
    assert not wrong_places_of(refused, address)


def test_accounts_are_read_in_their_own_direction(learner: Learner) -> None:
    user = learner.user
    assert user is not None
    User.objects.update(name=WORD)
    EmailAddress.objects.create(user=user, email=f"{WORD}@example.org", primary=True)
    client = Client()
    signed_in = client.post("/accounts/login/", {"login": WORD, "password": PASSWORD}, follow=True)
    wrong = wrong_places_of(signed_in, "/accounts/login/")
    wrong += wrong_places(client, pages_of_account(user), admin=False)
    assert not wrong, "\n".join(wrong)
    # Signed in just now: none of them asked for the password first.
    assert f">{WORD}</h2>" in client.get("/accounts/2fa/webauthn/").content.decode()


@pytest.mark.parametrize("page", TYPED)
def test_what_was_typed_is_read_in_its_own_direction(learner: Learner, page: str) -> None:
    refused = Client().post(ACCOUNT + page, TYPED[page])
    found = Directions(refused.content.decode(), plaintext_parts(admin=False))
    assert found.seen
    assert not found.wrong, "\n".join(found.wrong)
