"""What to do after a test: at most three steps, from what has earned the least."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authoring.models import State
from lessons.models import Lesson, Topic, Track
from quizzes import queries
from quizzes.models import Quiz
from quizzes.next_steps import MOST, Step, advice, next_steps, weakest, went_wrong
from quizzes.queries import Part
from quizzes.showing import ShownQuestion
from quizzes.verdicts import Verdict
from tests.factories import make_lesson, make_topic
from tests.quizzes.results import EASY, HARD, asked, page_of

Asked = tuple[str, float, tuple[str, ...]]
TOPIC = Topic(slug="momentum", title="Momentum")
STRONG = Verdict(10, 3, 3)


def questions(*told: Asked) -> list[ShownQuestion]:
    return [
        asked(number, level, credit, *tags)
        for number, (level, credit, tags) in enumerate(told, start=1)
    ]


def part(name: str, *earned: float) -> Part:
    return Part(name, questions(*[(EASY, credit, ()) for credit in earned]))


def lesson(pk: int, title: str, source: str = "") -> Lesson:
    return Lesson(pk=pk, topic=Topic(slug="gradients"), mode="code", title=title, source=source)


def titles(steps: Sequence[Step]) -> list[str]:
    return [step.title for step in steps]


def test_the_least_credit_comes_first_and_what_went_right_is_left_out() -> None:
    parts = [part("a", 1, 0.5), part("b", 1, 1), part("c", 0, 1), part("d", 0, 0, 0), part("e", 0)]
    assert [found.name for found in weakest(parts)] == ["d", "e", "c", "a"]


@pytest.mark.parametrize(
    ("earned", "said"),
    [
        ((0, 0, 1), "Two of three questions about steps went wrong."),
        ((0, 1, 1), "One of three questions about steps went wrong."),
        ((0, 0), "Both questions about steps went wrong."),
        ((0, 0, 0), "All three questions about steps went wrong."),
        ((0,), "The one question about steps went wrong."),
        ((0.5, 1), "One of two questions about steps did not get full credit."),
        ((0,) * 11, "All 11 questions about steps went wrong."),
    ],
)
def test_the_reason_counts(earned: tuple[float, ...], said: str) -> None:
    assert went_wrong(part("steps", *earned), "question", " about steps") == said


@pytest.mark.parametrize(
    ("earned", "left_open", "said"),
    [
        ((0, 0, 1), {1, 2}, "Two of three questions about steps were left unanswered."),
        ((0, 0, 1), {2}, "Two of three questions about steps went wrong or were left unanswered."),
        ((0, 1, 1), {1}, "One of three questions about steps was left unanswered."),
        ((0,), {1}, "The one question about steps was left unanswered."),
        ((0, 0), {1, 2}, "Both questions about steps were left unanswered."),
        ((0.5, 0), {2}, "Neither question about steps got full credit."),
        ((0.5, 0, 0), {2}, "None of the three questions about steps got full credit."),
    ],
)
def test_what_was_left_open_is_not_called_wrong(
    earned: tuple[float, ...], left_open: set[int], said: str
) -> None:
    answered = part("steps", *earned)
    for place in left_open:
        question = answered.questions[place - 1]
        choices = tuple(replace(choice, chosen=False) for choice in question.choices)
        answered.questions[place - 1] = replace(question, choices=choices, has_response=False)
    assert went_wrong(answered, "question", " about steps") == said


def test_subjects_that_lead_to_the_same_lesson_are_one_step() -> None:
    page = page_of(questions((EASY, 0, ("steps",)), (HARD, 0, ("losses",)), (HARD, 1, ("losses",))))
    read, practise = advice(page, [lesson(1, "Watch it move")], None)
    assert read == Step(
        "Read “Watch it move”",
        "/learn/gradients/code/",
        "The one question about steps went wrong. One of two questions about losses went wrong.",
    )
    assert practise.address == "/learn/gradients/practice/1/"
    assert practise.reason.startswith("The one easy question went wrong.")


def test_each_subject_leads_to_the_lesson_that_speaks_of_it() -> None:
    page = page_of(questions((EASY, 0, ("learning-rate",)), (EASY, 0, ("losses",))))
    found = [lesson(1, "On losses", "Losses fall."), lesson(2, "On rates", "A learning rate.")]
    assert titles(advice(page, found, None)) == [
        "Read “On rates”",
        "Read “On losses”",
        "Practise this topic",
    ]


def test_where_nothing_fits_better_it_is_the_first_lesson() -> None:
    page = page_of(questions((EASY, 0, ("steps",))))
    assert (
        titles(advice(page, [lesson(1, "First"), lesson(2, "Second")], None))[0] == "Read “First”"
    )


def test_without_tags_the_first_lesson_is_read_for_all_that_went_wrong() -> None:
    page = page_of(questions((EASY, 0, ()), (EASY, 1, ()), (HARD, 0, ())))
    read, _ = advice(page, [lesson(1, "First")], None)
    assert read.reason == "Two of three questions went wrong."


def test_without_lessons_there_is_practice() -> None:
    page = page_of(questions((EASY, 0, ("steps",))))
    assert titles(advice(page, [], None)) == ["Practise this topic"]


def test_the_next_topic_comes_first() -> None:
    page = page_of(questions((EASY, 0, ("steps",)), (EASY, 0, ("losses",))))
    found = [lesson(1, "On losses", "Losses fall."), lesson(2, "On steps", "Steps.")]
    assert titles(advice(page, found, TOPIC))[0] == "Continue with “Momentum”"
    assert len(advice(page, found, TOPIC)) == MOST


def test_nothing_wrong_and_nothing_further_leaves_a_run_of_ones_own() -> None:
    page = page_of(questions((EASY, 1, ("steps",))))
    assert titles(advice(page, [lesson(1, "First")], None)) == ["Train “Small”"]


FACTS = st.tuples(
    st.sampled_from(["easy", "medium", "hard"]),
    st.sampled_from([0, 0.25, 0.5, 1]),
    st.sets(st.sampled_from(["steps", "losses", "batches-and-epochs"])).map(tuple),
)


@given(st.lists(FACTS, min_size=1, max_size=12), st.booleans(), st.integers(0, 3))
def test_never_more_than_three_and_each_with_its_reason(
    told: list[Asked], strong: bool, written: int
) -> None:
    found = [lesson(pk, f"Lesson {pk}", "steps " * pk) for pk in range(1, written + 1)]
    steps = advice(page_of(questions(*told)), found, TOPIC if strong else None)
    assert 1 <= len(steps) <= MOST
    assert len(set(titles(steps))) == len(steps)
    assert all(step.reason and step.address for step in steps)


def test_practice_and_what_is_not_marked_suggest_nothing() -> None:
    unmarked = [asked(1, EASY, None, "steps")]
    assert next_steps(page_of(unmarked), None, "") == []
    practised = questions((EASY, 0, ("steps",)))
    assert next_steps(page_of(practised, kind=Quiz.Kind.PRACTICE), None, "") == []


@pytest.mark.django_db
def test_the_next_topic_is_the_published_one_that_follows_in_the_track() -> None:
    places = {"a": 1, "b": 1, "c": 2, "d": 3}
    topics = {slug: make_topic(slug) for slug in places}
    for slug, position in places.items():
        topics[slug].position = position
        topics[slug].state = State.DRAFT if slug == "c" else State.PUBLISHED
        topics[slug].save()
    following = {slug: queries.next_topic(topic) for slug, topic in topics.items()}
    assert following == {"a": topics["b"], "b": topics["d"], "c": topics["d"], "d": None}


@pytest.mark.django_db
def test_a_topic_of_another_track_does_not_follow() -> None:
    first, other = make_topic("a"), make_topic("b")
    other.track = Track.objects.create(slug="other", title="Other", summary="?")
    other.save()
    assert queries.next_topic(first) is None


@pytest.mark.django_db
def test_published_lessons_are_read_and_the_remembered_mode_first() -> None:
    topic = make_topic("gradients")
    for mode, changes in (("code", {}), ("math", {}), ("overview", {"state": State.DRAFT})):
        make_lesson(topic, mode, title=f"In {mode}", **changes)
    page = queries.QuizPage(topic, page_of([]).attempt, questions((EASY, 0, ("zeros",))))
    assert titles(next_steps(page, None, ""))[0] == "Read “In code”"
    assert titles(next_steps(page, None, "math"))[0] == "Read “In math”"
    assert titles(next_steps(page, None, "overview"))[0] == "Read “In code”"


@pytest.mark.django_db
def test_only_a_strong_result_leads_on() -> None:
    topic, following = make_topic("a"), make_topic("b")
    page = queries.QuizPage(topic, page_of([]).attempt, questions((EASY, 1, ())))
    assert next_steps(page, STRONG, "")[0].address == following.get_absolute_url()
    assert next_steps(page, Verdict(6, 0, 3), "")[0].title.startswith("Train")
