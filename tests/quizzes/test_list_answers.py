"""Answers, attempts and runs are found in the admin without reading whole tables."""

import re

import pytest
from django.db import connection, transaction
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext

from authoring import admin_large
from lessons.models import Topic
from quizzes import services
from quizzes.models import Attempt
from tests.factories import client_of, make_learner, make_run, make_topic, make_user, quiz
from training_jobs.models import Run

pytestmark = pytest.mark.django_db
ANSWERS, ATTEMPTS, RUNS = (
    "/admin/quizzes/answer/",
    "/admin/quizzes/attempt/",
    "/admin/training_jobs/run/",
)


@pytest.fixture
def root() -> Client:
    return client_of(make_user("root", is_staff=True, is_superuser=True))


@pytest.fixture
def topics() -> list[Topic]:
    """Two topics, one of them answered by ada and both by bob; each has run one experiment."""
    first, second = make_topic("first", practice=3), make_topic("second", practice=2)
    for name, taken in (("ada", [first]), ("bob", [first, second])):
        learner = make_learner(make_user(name))
        for topic in taken:
            services.start(quiz(topic), learner)
        make_run(first, learner)
    return [first, second]


def shown(client: Client, address: str) -> int:
    """How many rows the list shows; none of its queries looks through texts of the large table."""
    with CaptureQueriesContext(connection) as asked:
        page = client.get(address)
    assert page.status_code == 200
    large = re.compile(r'FROM "(?:quizzes_answer|quizzes_attempt|training_jobs_run)".* LIKE ', re.S)
    assert not [query["sql"] for query in asked if large.search(query["sql"])]
    return len(page.context["cl"].result_list)


def test_a_search_finds_people_and_questions(root: Client, topics: list[Topic]) -> None:
    slug = topics[1].questions.all()[0].slug
    assert shown(root, ANSWERS) == 8
    assert shown(root, f"{ANSWERS}?q=ada") == 3
    assert shown(root, f"{ANSWERS}?q={slug}") == 1
    assert shown(root, f"{ANSWERS}?q={slug}+bob") == 1
    assert shown(root, f"{ANSWERS}?q={slug}+ada") == 0
    assert shown(root, f"{ANSWERS}?q=nobody") == 0
    assert shown(root, f"{ATTEMPTS}?q=bob") == 2
    assert shown(root, f"{RUNS}?q=bob") == 1


@pytest.mark.parametrize(
    ("address", "name"),
    [
        (ANSWERS, "answer"),
        (RUNS, "run"),
        ("/admin/quizzes/question/", "question"),
        ("/admin/accounts/user/", "user"),
    ],
)
def test_a_search_without_a_hit_says_so(
    root: Client, topics: list[Topic], address: str, name: str
) -> None:
    page = " ".join(root.get(f"{address}?q=nobody").content.decode().split())
    assert re.search(r'"small quiet"> ?0 results \(', page)
    assert re.search(rf'"paginator"> (<[^>]*> )*0 {name}s', page)
    assert f"Nothing was found: no {name} fits “nobody”." in page


def test_an_empty_list_says_whether_a_filter_empties_it(root: Client) -> None:
    empty = root.get(ANSWERS).content.decode()
    assert "There are no answers yet." in empty
    assert "Nothing was found" not in empty
    quizless = root.get(f"{ANSWERS}?attempt__quiz__id__exact=7").content.decode()
    assert "no answer fits the filter." in " ".join(quizless.split())


def test_answers_are_filtered_by_topic(root: Client, topics: list[Topic]) -> None:
    assert shown(root, f"{ANSWERS}?topic={topics[0].pk}") == 6
    assert shown(root, f"{ANSWERS}?topic={topics[1].pk}") == 2
    assert shown(root, f"{ANSWERS}?topic=x") == 8
    own = f"attempt__quiz__id__exact={quiz(topics[0]).pk}&attempt__by_staff__exact=0"
    assert shown(root, f"{ANSWERS}?{own}") == 6, "as statistics link to them"


def test_no_more_rows_are_counted_than_anyone_walks_through(
    root: Client, topics: list[Topic], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admin_large, "MOST_COUNTED", 5)
    assert root.get(ANSWERS).context["cl"].result_count == 5
    assert "more than 5 answers" in " ".join(root.get(ANSWERS).content.decode().split())
    assert root.get(ATTEMPTS).context["cl"].result_count == 3
    found = root.get(f"{ANSWERS}?q=bob").content.decode()
    assert "5 results" in " ".join(found.split())
    monkeypatch.setattr(admin_large, "MOST_COUNTED", 4)
    found = root.get(f"{ANSWERS}?q=bob").content.decode()
    assert "more than 4 results" in " ".join(found.split())
    assert "3 attempts" in " ".join(root.get(ATTEMPTS).content.decode().split())


def test_a_search_that_finds_too_many_people_says_so(
    root: Client, topics: list[Topic], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admin_large, "MOST_FOUND", 1)
    for address in (ANSWERS, ATTEMPTS, RUNS):
        told = "matches 500 names or more"
        assert root.get(f"{address}?q=b&_facets=1").content.decode().count(told) == 1
        assert told not in root.get(f"{address}?q=nobody").content.decode()


@pytest.mark.parametrize(
    ("model", "index"), [(Attempt, "latest_attempts"), (Run, "latest_runs")], ids=["attempt", "run"]
)
def test_the_newest_rows_are_found_without_sorting_all(
    root: Client, topics: list[Topic], model: type[Model], index: str
) -> None:
    """Of few rows PostgreSQL would read the table; of a million it must not sort them."""
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        label = f"{model._meta.app_label}/{model._meta.model_name}"
        rows = root.get(f"/admin/{label}/").context["cl"].queryset
        plan = rows[:100].explain()
    assert index in plan
    assert not re.search(r"TEMP B-TREE|\bSort\b", plan)
