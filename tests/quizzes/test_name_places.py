"""What is wrong in a course folder is told with file, line and value, all of it in one go."""

import shutil
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from authoring.files import ContentError, read_text
from authoring.models import State
from lessons.models import Lesson
from quizzes import services
from quizzes.content import load_course, load_questions
from quizzes.models import Answer, Question
from tests.factories import client_of, make_learner, make_topic, make_user, quiz
from tests.quizzes.test_load_questions import MULTIPLE, NUMERIC, SINGLE, TEXTS

pytestmark = pytest.mark.django_db
COURSE = Path("content")
OPTIMIZERS = Path("optimizers/questions.toml")


@pytest.fixture
def course(tmp_path: Path) -> Path:
    return Path(shutil.copytree(COURSE, tmp_path / "course"))


def problems(folder: Path) -> list[str]:
    with pytest.raises(ContentError) as refused:
        load_course(folder)
    assert not Question.objects.exists(), "all or nothing"
    return list(refused.value.problems)


def spoil(path: Path, old: str, new: str, times: int = 1) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, times), encoding="utf-8")


def refused(tmp_path: Path, text: str) -> list[str]:
    path = tmp_path / "questions.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ContentError) as error:
        load_questions(path, make_topic())
    return [problem.replace(str(path), "questions.toml") for problem in error.value.problems]


def test_everything_that_is_wrong_in_a_folder_is_told_at_once(course: Path) -> None:
    spoil(course / OPTIMIZERS, "hint = ", "hnit = ")
    spoil(course / "optimizers/lessons/pipeline.md", "minutes = ", "mintues = ")
    spoil(course / "optimizers/experiments/optimizers-sgd.toml", "title = ", "title = 5 #")
    (course / "why-training-updates-weights/questions.toml").write_text("[[question]]\nslug = ")
    told = "\n".join(problems(course))
    for words in (
        "lacks hint",
        "has unknown hnit: write hint instead of hnit",
        "lacks minutes",
        "title is 5: write a text in quotes",
        "questions.toml: line 2",
    ):
        assert words in told


def test_a_question_is_named_with_its_line_and_each_of_its_problems(tmp_path: Path) -> None:
    second = TEXTS.replace("what-is-asked", "second").replace('hint = "Count."\n', "")
    second = second.replace("position = 1", 'position = "1"').replace(
        'check = "Count again."\n', ""
    )
    told = refused(tmp_path, TEXTS + NUMERIC + second + SINGLE)
    line = (TEXTS + NUMERIC).count("\n") + 2
    place = f"questions.toml, line {line}: question second"
    assert told == [
        f'{place}: lacks check, hint: write check = "…", hint = "…".',
        f'{place}: position is "1": write a whole number.',
    ]


@pytest.mark.parametrize("ident", ["zz", "AAAAAA", "aaaaa", "aaaaaaa", "aaaa a", "äääääá", ""])
def test_an_options_id_is_six_hexadecimal_digits(tmp_path: Path, ident: str) -> None:
    (told,) = refused(tmp_path, TEXTS + MULTIPLE.replace("bbbbbb", ident))
    assert "question what-is-asked: option 2 (line " in told
    assert f'id is "{ident}": write six hexadecimal digits' in told


def test_an_id_that_stands_twice_is_named(tmp_path: Path) -> None:
    (told,) = refused(tmp_path, TEXTS + MULTIPLE.replace("bbbbbb", "aaaaaa"))
    assert "option 2 (line " in told
    assert "the id aaaaaa appears twice in the question" in told


def test_a_name_that_stands_twice_is_named(tmp_path: Path) -> None:
    (told,) = refused(tmp_path, TEXTS + NUMERIC + TEXTS + NUMERIC)
    assert "question what-is-asked: this name is taken, line 2" in told


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('hint = "Count."', 'hint = "Count."\nhint = "Twice."', "appears twice"),
        ('hint = "Count."', "hint = 5", "hint is 5: write a text in quotes"),
        ('hint = "Count."', "hint = true", "hint is true: write a text in quotes"),
        ("position = 1", "position = 1.5", "position is 1.5: write a whole number"),
        ("position = 1", "position = true", "position is true: write a whole number"),
        ("position = 1", "position = -1", "position is -1: "),
        ('"easy"', '"simple"', 'difficulty is "simple": '),
        ('"easy"', '"simple"', "Write one of: easy, medium, hard."),
        ("value = 160", 'value = "160"', 'value is "160": write a number'),
        ("value = 160", "choice = 5\nvalue = 160", "choice is 5: write tables of their own"),
    ],
)
def test_a_value_is_repeated_with_what_to_write(
    tmp_path: Path, old: str, new: str, complaint: str
) -> None:
    assert complaint in "\n".join(refused(tmp_path, (TEXTS + NUMERIC).replace(old, new)))


@pytest.mark.parametrize(
    ("new", "complaint"),
    [
        ("value = nan", "value is nan"),
        ("value = -inf", "value is -inf"),
        ("value = 1e400", "value is inf"),
        ("value = 1" + "0" * 400, "value is larger than"),
        ("value = 1" + "0" * 5_000, "line 15: a number has too many digits"),
        ("value = 1\nwatch = " + "[" * 20_000, "line 16: is nested too deeply"),
        ("value = 1\nwatch = " + "[" * 22 + "]" * 22, "nested more than 20 deep"),
        ("value = 1979-05-27", "value is a date or a time"),
        ('value = 1\nwatch = "a\\u0000"', "watch has a control character, U+0000"),
        ('value = 1\nwatch = "a\\ud800"', "line 16, column"),
        ("value = 1\nvalue = 2", "appears twice"),
    ],
)
def test_what_cannot_be_kept_or_computed_with_is_told(
    tmp_path: Path, new: str, complaint: str
) -> None:
    assert complaint in "\n".join(refused(tmp_path, (TEXTS + NUMERIC).replace("value = 160", new)))


def test_a_lessons_block_is_named_with_the_line_of_its_file_and_what_there_is(
    course: Path,
) -> None:
    path = course / "optimizers/lessons/pipeline.md"
    path.write_text(path.read_text(encoding="utf-8") + "\n[[trace wrong]]\n", encoding="utf-8")
    line = path.read_text(encoding="utf-8").count("\n")
    (told,) = problems(course)
    assert told.startswith(f"{path}: source: line {line}: there is no published experiment wrong")
    assert "optimizers-adam, optimizers-rmsprop, optimizers-sgd" in told
    spoil(path, "[[trace wrong]]", "[[trcae optimizers-adam]]")
    (told,) = problems(course)
    assert f"{path}: source: line {line}: [[trcae optimizers-adam]] is not a block" in told


def test_a_mark_at_the_beginning_and_line_ends_of_another_system_are_read(course: Path) -> None:
    for path in (*course.rglob("*.toml"), *course.rglob("*.md")):
        text = path.read_text(encoding="utf-8").replace("\n", "\r\n")
        path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    load_course(course)
    assert "\r" not in Lesson.objects.all()[0].source
    assert {str(outcome) for _, outcome in load_course(COURSE)} == {"unchanged"}


def test_what_systems_and_editors_leave_beside_files_is_no_part_of_the_course(
    course: Path,
) -> None:
    rubbish = b"\x00\x05\x16\x07\xff"
    for folder in (course / "optimizers", course / "optimizers/experiments"):
        for name in ("._x.toml", ".DS_Store", "Thumbs.db", "x.toml~", "#x.toml#", "~$x.toml"):
            (folder / name).write_bytes(rubbish)
        (folder / ".#x.toml").symlink_to("nobody@nowhere.1")
    lessons = course / "optimizers/lessons"
    for name in ("._pipeline.md", "pipeline.md~", ".pipeline.md.swp", "#pipeline.md#"):
        (lessons / name).write_bytes(rubbish)
    (course / "._optimizers").mkdir()
    (course / "._optimizers/topic.toml").write_bytes(rubbish)
    load_course(course)
    assert Question.objects.exists()


@pytest.mark.parametrize(
    ("raw", "complaint"),
    [
        ("a = 1".encode("utf-16"), "is in UTF-16: save it as UTF-8"),
        (b'a = 1\nb = "\xfc"', "line 2: byte 0xfc is not UTF-8"),
        (b"a = 1\n\n\x00", "line 3: there is a NUL character"),
    ],
)
def test_what_is_no_text_in_utf_8_is_told_with_its_line(
    tmp_path: Path, raw: bytes, complaint: str
) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes(raw)
    with pytest.raises(ContentError, match=complaint):
        read_text(path)


def test_two_experiments_of_one_name_are_refused(course: Path) -> None:
    source = course / "optimizers/experiments/optimizers-adam.toml"
    shutil.copy(source, course / "why-training-updates-weights/experiments/optimizers-adam.toml")
    (told,) = problems(course)
    assert "there is an experiment of this name in" in told


def prepared(
    settings: Settings, folder: Path, capsys: pytest.CaptureFixture[str], *more: str
) -> str:
    settings.WEIGHTWISE_CONTENT = folder
    call_command("prepare", *more)
    return capsys.readouterr().out


def test_what_no_file_has_any_more_is_told_and_taken_back_when_asked(
    course: Path, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "Still published" not in prepared(settings, course, capsys)
    question = Question.objects.filter(topic__slug="optimizers", use="practice")[0]
    learner = make_learner(make_user("ada"))
    attempt = services.start(quiz(question.topic), learner)
    spoil(course / OPTIMIZERS, f'slug = "{question.slug}"', 'slug = "renamed"')
    (course / "optimizers/lessons/pipeline.md").unlink()
    told = prepared(settings, course, capsys)
    assert f"Still published, but in no file: question {question.slug}." in told
    assert "Still published, but in no file: lesson " in told
    assert "prepare --withdraw" in told
    question.refresh_from_db()
    assert question.is_published
    answers = Answer.objects.filter(attempt=attempt).count()
    told = prepared(settings, course, capsys, "--withdraw")
    assert f"Withdrawn: question {question.slug}. Answers to it are kept." in told
    question.refresh_from_db()
    assert question.state == State.DRAFT
    assert Answer.objects.filter(attempt=attempt).count() == answers
    assert client_of(learner).get("/learn/optimizers/practice/1/").status_code == 200
    assert "no file" not in prepared(settings, course, capsys)


def test_the_command_says_that_nothing_was_loaded_and_why(course: Path, settings: Settings) -> None:
    spoil(course / OPTIMIZERS, "hint = ", "hnit = ")
    settings.WEIGHTWISE_CONTENT = course
    with pytest.raises(CommandError, match=r"(?s)not loaded.*lacks hint.*has unknown hnit"):
        call_command("prepare")
