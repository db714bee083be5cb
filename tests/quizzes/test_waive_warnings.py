"""What is probably a mistake is told when it is saved or loaded, and may stand for a reason."""

import io
import re
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from pytest_django.fixtures import Settings

from authoring.fields import LONGEST_PROSE
from authoring.files import ContentError
from lessons.models import Topic
from quizzes.content import load_questions
from quizzes.models import Question
from quizzes.publishing import warnings_about
from tests.factories import client_of, make_teacher, make_topic
from tests.quizzes.authoring import ADD, RIGHT, WRONG, change, question_form

pytestmark = pytest.mark.django_db
SAID = "The hint says “Both A and C”: name what the option says, not its letter."
ALL = ("All of the above", False, "Data stays as it is.")
FILE = """
[[question]]
slug = "what-moves"
use = "bank"
position = 1
difficulty = "easy"
stem = "What moves?"
hint = "Both A and C"
steps = "One by one."
answer = "All of them."
check = "Count again."
"""
CHOICES = """
[[question.choice]]
id = "aaaaaa"
text = "All of these"
mistake = "Rows stay."

[[question.choice]]
id = "bbbbbb"
text = "kernels"
correct = true
"""


@pytest.fixture
def teacher() -> Client:
    return client_of(make_teacher())


@pytest.fixture
def topic() -> Topic:
    return make_topic("gradients")


@pytest.mark.parametrize("state", ["draft", "published"])
def test_a_warning_refuses_nothing_and_says_how_to_let_it_stand(
    teacher: Client, topic: Topic, state: str
) -> None:
    form = question_form(topic, [RIGHT, WRONG], hint="Both A and C", state=state)
    page = teacher.post(ADD, form, follow=True).content.decode()
    question = Question.objects.get()
    assert question.state == state
    said = re.search('<li class="warning">(Warning: .*?)</li>', page, re.DOTALL)
    assert said
    assert SAID in said[1]
    assert (
        f'href="{change(question)}#id_waived">let it stand</a>: letters: and the reason.' in said[1]
    )
    for address in (change(question), f"/admin/quizzes/question/{question.pk}/preview/"):
        shown = teacher.get(address).content.decode()
        assert SAID in shown
        assert "<code>letters:</code> and the reason" in shown


def test_what_stands_is_not_said_again_and_keeps_its_reason(teacher: Client, topic: Topic) -> None:
    stands = {"hint": "Both A and C", "waived": "letters: A and C are matrices"}
    page = teacher.post(ADD, question_form(topic, [RIGHT, WRONG], None, **stands), follow=True)
    assert SAID not in page.content.decode()
    question = Question.objects.get()
    assert question.waived == "letters: A and C are matrices"
    for address in (change(question), f"/admin/quizzes/question/{question.pk}/preview/"):
        shown = teacher.get(address).content.decode()
        assert SAID in shown
        assert 'Let stand, because: <span dir="auto">A and C are matrices</span>' in shown


def test_a_waiver_without_a_reason_is_refused_at_its_field(teacher: Client, topic: Topic) -> None:
    form = question_form(topic, [RIGHT, WRONG], hint="Both A and C", waived="letters:")
    page = teacher.post(ADD, form).content.decode()
    assert (
        '<a href="#id_waived">Warnings to let stand</a>: “letters:” does not name a warning' in page
    )
    assert re.search(r">\s*letters:</textarea>", page)
    assert not Question.objects.exists()


def test_an_option_is_pinned_and_an_order_kept_in_the_form(teacher: Client, topic: Topic) -> None:
    form = question_form(topic, [RIGHT, ALL, WRONG])
    unpinned = teacher.post(ADD, form, follow=True).content.decode()
    assert "“All of the above” refers to the others" in unpinned
    question = Question.objects.get()
    again = question_form(topic, [RIGHT, ALL, WRONG], question) | {"choices-1-pin_last": "on"}
    pinned = teacher.post(change(question), again, follow=True).content.decode()
    assert "refers to the others" not in pinned
    question.refresh_from_db()
    assert question.version is not None
    facts = question.version.facts
    assert (question.version.number, [it.pin_last for it in facts.choices]) == (2, [0, 1, 0])
    kept = question_form(topic, [RIGHT, ALL, WRONG], question, keep_order="on")
    page = teacher.post(change(question), kept, follow=True).content.decode()
    assert "refers to the others" not in page
    question.refresh_from_db()
    assert question.version is not None
    assert question.version.facts.keep_order


def loaded(tmp_path: Path, text: str) -> Question:
    path = tmp_path / "questions.toml"
    path.write_text(text, encoding="utf-8")
    load_questions(path, make_topic())
    return Question.objects.get()


def codes(question: Question) -> dict[str, str]:
    return {warning.code: warning.reason for warning in warnings_about(question)}


def test_a_file_says_the_same(tmp_path: Path) -> None:
    assert codes(loaded(tmp_path, FILE + CHOICES)) == {"letters": "", "last": ""}


def test_a_file_lets_warnings_stand_keeps_order_and_pins(tmp_path: Path) -> None:
    head = 'waive = {letters = "A and C are rooms"}\nkeep_order = true\n'
    pinned = CHOICES.replace("mistake", "pin_last = true\nmistake", 1)
    question = loaded(tmp_path, FILE + head + pinned)
    assert (question.waived, question.keep_order) == ("letters: A and C are rooms", True)
    assert [choice.pin_last for choice in question.choices.all()] == [True, False]
    assert codes(question) == {}
    assert question.version is not None
    assert question.version.facts.keep_order


@pytest.mark.parametrize(
    ("head", "complaint"),
    [
        ('waive = "letters"', 'waive is "letters": write a table'),
        ("waive = {letters = 1}", "write waive as a table"),
        ('waive = {letter = "B is a room"}', "“letter: B is a room” does not name a warning"),
        ('waive = {letters = " "}', "“letters:” does not name a warning"),
        ('keep_order = "no, please"', "keep_order"),
    ],
)
def test_what_a_file_cannot_say_is_refused_with_its_place(
    tmp_path: Path, head: str, complaint: str
) -> None:
    with pytest.raises(ContentError, match=complaint) as refused:
        loaded(tmp_path, f"{FILE}{head}\n{CHOICES}")
    assert re.search(r"questions\.toml, line \d+: question what-moves", str(refused.value))


@pytest.mark.parametrize("place", ["Both A and C", "Rows stay."])
def test_a_text_in_a_file_may_be_as_long_as_in_a_form(tmp_path: Path, place: str) -> None:
    long = (FILE + CHOICES).replace(place, "![" * (LONGEST_PROSE // 2) + "x")
    with pytest.raises(ContentError) as refused:
        loaded(tmp_path, long)
    assert "This text has 60001 characters, the limit is 60000: divide it." in str(refused.value)
    assert re.search(r"(hint|option 1 \(line \d+\): mistake): This", str(refused.value))


def test_loading_tells_warnings_once(tmp_path: Path, settings: Settings) -> None:
    course = tmp_path / "content"
    seed = Path(settings.WEIGHTWISE_CONTENT)
    _copy_spoilt(seed, course)
    settings.WEIGHTWISE_CONTENT = course
    told = _prepared()
    assert told.count("Warning: question ") == 1
    assert "Warning: question rmsprop-meets-a-spike: The options from" in told
    assert 'Or say why it is right: waive = {order = "…"}' in told
    assert "Warning:" not in _prepared()


def _copy_spoilt(seed: Path, course: Path) -> None:
    for path in seed.rglob("*.*"):
        copy = course / path.relative_to(seed)
        copy.parent.mkdir(parents=True, exist_ok=True)
        text = path.read_text(encoding="utf-8")
        if path.parts[-2:] == ("optimizers", "questions.toml"):
            text = text.replace("keep_order = true\n", "")
        copy.write_text(text, encoding="utf-8")


def _prepared() -> str:
    out = io.StringIO()
    call_command("prepare", stdout=out)
    return out.getvalue()
