"""A topic is read in one of ten modes, of which the written ones can be chosen."""

import pytest
from django.test import Client

from lessons.modes import MODES
from lessons.queries import entry, mode_choices
from tests.factories import make_lesson, make_topic

pytestmark = pytest.mark.django_db


def test_all_ten_are_offered_in_their_order() -> None:
    topic = make_topic()
    choices = mode_choices(topic, "")
    assert [choice.mode.slug for choice in choices] == list(MODES)
    assert len(choices) == 10
    assert [choice.lesson for choice in choices] == [None] * 10
    assert entry(choices) is None


def test_only_what_is_written_and_published_can_be_chosen() -> None:
    topic = make_topic()
    lesson = make_lesson(topic, "experiment")
    make_lesson(topic, "math", state="draft")
    make_lesson(make_topic(), "code")
    choices = mode_choices(topic, "")
    assert [choice.lesson for choice in choices if choice.lesson] == [lesson]


def test_start_learning_leads_to_the_first_written_mode() -> None:
    topic = make_topic()
    make_lesson(topic, "math")
    code = make_lesson(topic, "code")
    assert entry(mode_choices(topic, "")) == code


def test_or_to_the_remembered_one() -> None:
    topic = make_topic()
    make_lesson(topic, "code")
    maths = make_lesson(topic, "math")
    assert entry(mode_choices(topic, "math")) == maths


@pytest.mark.parametrize("remembered", ["recall", "no-mode", "<script>"])
def test_a_remembered_mode_that_is_not_written_is_passed_over(remembered: str) -> None:
    topic = make_topic()
    code = make_lesson(topic, "code")
    assert entry(mode_choices(topic, remembered)) == code


def test_the_topic_page_links_to_written_modes_alone() -> None:
    topic = make_topic("gradients")
    make_lesson(topic, "experiment")
    page = Client().get("/learn/gradients/").content.decode()
    for mode in MODES.values():
        assert mode.name in page
        written = mode.slug == "experiment"
        assert (f'href="/learn/gradients/{mode.slug}/"' in page) is written


def test_the_mode_read_last_is_remembered_for_the_next_topic() -> None:
    for topic in (make_topic("first"), make_topic("second")):
        for mode in ("code", "math"):
            make_lesson(topic, mode)
    client = Client()
    client.get("/learn/first/math/")
    cookie = client.cookies["mode"]
    assert (cookie.value, cookie["httponly"], cookie["samesite"]) == ("math", True, "Lax")
    assert client.get("/learn/second/").context["entry"].mode == "math"
