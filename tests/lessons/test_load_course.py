"""The course in content/: it loads, and keeps the promises that its lessons make."""

import re
import shutil
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from authoring.files import ContentError, Outcome
from authoring.models import State
from lessons.models import Lesson, Topic
from quizzes.content import load_course
from quizzes.models import Choice, Question, QuestionVersion
from quizzes.publishing import tags_of, warnings_about
from tests.factories import finish_run
from training_jobs.models import Experiment, Run
from training_jobs.services import request_reference_runs

pytestmark = pytest.mark.django_db
COURSE: Path = settings.WEIGHTWISE_CONTENT
OPTIONS = {"single": {4}, "multiple": {4, 5}, "true_false": {2}, "numeric": {0}}
TOPICS = {"why-training-updates-weights": "experiment", "optimizers": "pipeline"}


def load(folder: Path = COURSE) -> set[Outcome]:
    return {outcome for _, outcome in load_course(folder)}


@pytest.fixture(scope="module")
def loaded(standing: None) -> set[Outcome]:
    """The whole course, loaded once for all tests that read it; what became of its files."""
    return load()


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A copy of the course to spoil."""
    return shutil.copytree(COURSE, tmp_path / "content")


def spoil(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_both_topics_are_there_in_their_seed_modes(loaded: set[Outcome]) -> None:
    assert loaded == {Outcome.CREATED}
    assert {lesson.topic.slug: lesson.mode for lesson in Lesson.objects.all()} == TOPICS
    assert set(Topic.objects.values_list("state", flat=True)) == {State.PUBLISHED}


def test_each_topic_has_a_bank_that_fills_three_tests(loaded: set[Outcome]) -> None:
    for topic in Topic.objects.all():
        bank = list(topic.questions.filter(state=State.PUBLISHED, version__isnull=False))
        assert Counter(q.difficulty for q in bank) == {"easy": 13, "medium": 11, "hard": 10}
        assert Counter(q.use for q in bank) == {"practice": 5, "inline": 3, "bank": 26}
        assert {q.kind for q in bank} == set(Question.Kind.values)
        practice = [q for q in bank if q.use == "practice"]
        assert [q.position for q in sorted(practice, key=lambda q: q.position)] == [1, 2, 3, 4, 5]
        assert Counter(q.difficulty for q in practice) == {"easy": 2, "medium": 2, "hard": 1}


def test_every_question_is_whole(loaded: set[Outcome]) -> None:
    for question in Question.objects.prefetch_related("choices"):
        choices = list(question.choices.all())
        assert len(choices) in OPTIONS[question.kind], question
        assert all(choice.correct or choice.mistake for choice in choices), question
        assert question.hint, question
        assert question.steps, question
        assert question.answer, question
        assert question.quick_check, question


def test_options_have_ids_that_say_nothing(loaded: set[Outcome]) -> None:
    ids = list(Choice.objects.values_list("ident", flat=True))
    assert all(re.fullmatch(r"[0-9a-f]{6}", ident) for ident in ids)
    assert len(set(ids)) == len(ids)


def test_nothing_is_warned_of_that_nobody_lets_stand(loaded: set[Outcome]) -> None:
    for question in Question.objects.all():
        assert not [it for it in warnings_about(question) if it.is_open], question


def test_the_key_has_no_place_of_its_own(loaded: set[Outcome]) -> None:
    single = Choice.objects.filter(question__kind="single", correct=True)
    places = Counter(choice.position for choice in single)
    assert max(places.values()) <= single.count() / 2


def test_questions_have_tags_from_their_topics_list(loaded: set[Outcome]) -> None:
    for topic in Topic.objects.all():
        head = (COURSE / topic.slug / "questions.toml").read_text("utf-8").split("[[question]]")[0]
        listed = set(re.findall(r"[a-z-]{4,}", head.partition(":")[2]))
        used = {tag for question in topic.questions.all() for tag in tags_of(question)}
        assert used == listed
        assert all(tags_of(question) for question in topic.questions.all())


def test_loading_twice_changes_nothing(loaded: set[Outcome]) -> None:
    versions = QuestionVersion.objects.count()
    assert load() == {Outcome.UNCHANGED}
    assert QuestionVersion.objects.count() == versions


def test_what_a_teacher_edited_is_kept(loaded: set[Outcome]) -> None:
    Question.objects.filter(slug="create-adam").update(stem="Mine.", edited_at=timezone.now())
    Lesson.objects.filter(mode="pipeline").update(title="Mine.", edited_at=timezone.now())
    outcomes = {str(row): outcome for row, outcome in load_course(COURSE)}
    kept = [row for row, outcome in outcomes.items() if outcome is Outcome.KEPT]
    assert kept == ["Mine. (Pipeline)", "create-adam"]
    assert Question.objects.get(slug="create-adam").stem == "Mine."


def test_a_changed_file_gives_a_new_version(loaded: set[Outcome], course: Path) -> None:
    spoil(course / "optimizers" / "questions.toml", "Adam optimizer with", "Adam with")
    outcomes = {str(row): outcome for row, outcome in load_course(course)}
    changed = [row for row, outcome in outcomes.items() if outcome is not Outcome.UNCHANGED]
    assert changed == ["create-adam"]
    version = Question.objects.select_related("version").get(slug="create-adam").version
    assert version is not None
    assert version.number == 2


@pytest.mark.parametrize(
    ("file", "old", "new", "complaint"),
    [
        ("tracks.toml", "title", "titel", r"tracks\.toml, line \d+: track 1: lacks title"),
        ("tracks.toml", "[[track]]", "[[tracks]]", r"tracks\.toml: .*track"),
        ("optimizers/topic.toml", "optimizers-adam", "adam", r"topic\.toml: .*experiment 'adam'"),
        ("optimizers/topic.toml", "foundations", "first", r"topic\.toml: .*track 'first'"),
        ("optimizers/questions.toml", "correct = true", "", r"questions\.toml, .*exactly one"),
        ("optimizers/questions.toml", "hint =", "hints =", r"questions\.toml, .*lacks hint"),
        ("optimizers/questions.toml", '"easy"', '"simple"', r"questions\.toml, .*simple"),
        ("optimizers/questions.toml", '"1c0cfa"', '"4413d0"', r"questions\.toml, .*4413d0"),
        ("optimizers/questions.toml", "[[question]]", "[[questions]]", r"questions\.toml: "),
        (
            "optimizers/lessons/pipeline.md",
            "adam load]]",
            "adam lod]]",
            r"pipeline\.md: .*line \d+",
        ),
        (
            "optimizers/lessons/pipeline.md",
            "[[trace optim",
            "[[trace x-",
            r"pipeline\.md: .*x-izers",
        ),
        ("optimizers/lessons/pipeline.md", "+++", "---", r"pipeline\.md: "),
        ("optimizers/lessons/pipeline.md", "minutes", "minute", r"pipeline\.md: lacks minutes"),
        (
            "optimizers/experiments/optimizers-sgd.toml",
            "learning_rate = 0.1",
            "learning_rate = 5.0",
            r"optimizers-sgd\.toml: .*Learning rate 5 is outside",
        ),
    ],
)
def test_a_mistake_is_named_with_its_file(
    loaded: set[Outcome], course: Path, file: str, old: str, new: str, complaint: str
) -> None:
    spoil(course / file, old, new)
    with pytest.raises(ContentError, match=complaint):
        load(course)


def test_a_mode_that_is_none_is_refused(loaded: set[Outcome], course: Path) -> None:
    lessons = course / "optimizers" / "lessons"
    (lessons / "pipeline.md").rename(lessons / "pipelines.md")
    with pytest.raises(ContentError, match=r"pipelines\.md: there is no mode pipelines"):
        load(course)


def test_each_experiment_asks_for_its_reference_run_once(loaded: set[Outcome]) -> None:
    assert request_reference_runs() == Experiment.objects.count() == 6
    request_reference_runs()
    assert Run.objects.filter(learner=None).count() == 6


def test_the_optimizers_differ_in_nothing_but_their_optimizer(loaded: set[Outcome]) -> None:
    same = ["dataset", "hidden_units", "activation", "batch_size", "epochs", "seed"]
    plans = Experiment.objects.filter(slug__startswith="optimizers").values_list("plan", flat=True)
    assert len({str([plan[name] for name in same]) for plan in plans}) == 1
    assert {plan["optimizer"] for plan in plans} == {"sgd", "adam", "rmsprop"}


@pytest.mark.parametrize(("slug", "mode"), TOPICS.items())
def test_its_pages_can_be_read(loaded: set[Outcome], slug: str, mode: str) -> None:
    for address in (f"/learn/{slug}/", f"/learn/{slug}/{mode}/", f"/learn/{slug}/practice/5/"):
        assert Client().get(address).status_code == 200
    assert Client().get(f"/learn/{slug}/practice/6/").status_code == 404


@pytest.mark.parametrize(("slug", "mode"), TOPICS.items())
def test_once_its_runs_have_ended_no_figure_is_missing(
    loaded: set[Outcome], slug: str, mode: str
) -> None:
    request_reference_runs()
    for run in Run.objects.order_by("created_at", "id"):
        finish_run(run)
    page = Client().get(f"/learn/{slug}/{mode}/").content.decode()
    assert "being measured" not in page.lower()
    assert "not measured" not in page.lower()
    assert "{{" not in page
    assert "[[" not in page
    assert re.findall(r'<data class="measured"[^>]*>([^<]*)</data>', page).count("") == 0
