"""Reading a lesson, before and after the runs that its figures come from."""

import re

import pytest
from django.test import Client

from accounts.models import Learner
from lessons.models import Lesson, Topic
from quizzes.models import Attempt
from tests.factories import (
    client_of,
    finish_run,
    make_experiment,
    make_learner,
    make_lesson,
    make_run,
    make_teacher,
    make_topic,
    make_user,
    right_choice,
)
from training_jobs import lifecycle, services
from training_jobs.models import Experiment

pytestmark = pytest.mark.django_db

EVERY_BLOCK = """\
## All there is

It reached {{ measured RUN.test_accuracy }} after {{ measured RUN.steps }} steps.

[[starting-metrics RUN]]
[[changes RUN]]
[[figures RUN RUN]]
[[stage RUN load]]
[[stage RUN train]]
[[stage RUN evaluate]]
[[trace RUN]]
[[prediction RUN]]
[[run RUN]]

::: hint Where to look
At the first layer.
:::

::: hint And then
At {{ measured RUN.parameters }} parameters.
:::

::: solution All of it
```python
print("solved")
```
:::

::: note By the way
Biases move, too.
:::

[[inline-quiz]]
"""


@pytest.fixture
def topic() -> Topic:
    topic = make_topic("gradients", inline=2)
    make_lesson(topic, source=EVERY_BLOCK.replace("RUN", topic.experiment.slug))
    return topic


def page_of(client: Client | None = None) -> str:
    response = (client or Client()).get("/learn/gradients/experiment/")
    assert response.status_code == 200
    return response.content.decode()


def test_without_a_run_it_says_that_nothing_is_measured_yet(topic: Topic) -> None:
    page = page_of()
    # The accuracy alone: steps and parameters follow from the plan.
    assert page.count("[not measured yet]") == 1
    assert "93.0" not in page
    assert "solved" in page


def test_with_its_run_it_shows_the_figures(topic: Topic) -> None:
    finish_run(make_run(topic))
    page = page_of()
    assert "being measured" not in page
    assert ">93.0\N{NO-BREAK SPACE}%</data>" in page
    assert ">64</data>" in page
    for shown in ("52.0", "what load does", "what evaluate does", "0.125", "hidden_1"):
        assert shown in page


def test_while_the_run_trains_it_still_waits(topic: Topic) -> None:
    make_run(topic)
    assert "being measured" in page_of()
    assert "the reference run is queued at place 1" in page_of()


def test_sentences_around_missing_figures_still_read(topic: Topic) -> None:
    """What the plan settles is said before the run; a gap stands in brackets."""
    source = (
        "Batches of {{ measured other.batch_size }} images, {{ measured other.epochs }} times over,"
        " end at {{ measured other.test_loss }}."
    )
    make_experiment("other")
    make_lesson(topic, "code", source=source)

    def said() -> str:
        page = Client().get("/learn/gradients/code/").content.decode()
        return re.sub(r"</?data[^>]*>", "", page)

    plan = Experiment.objects.get(slug="other").plan
    start = f"Batches of {plan['batch_size']} images, {plan['epochs']} times over, end at"
    assert f"{start} [not measured yet]." in said()
    services.request_reference_run(Experiment.objects.get(slug="other"))
    assert f"{start} [being measured]." in said()


def test_a_run_that_failed_says_why(topic: Topic) -> None:
    make_run(topic)
    claimed = lifecycle.claim_next()
    assert claimed is not None
    lifecycle.fail(claimed, "It needed more memory.")
    page = page_of()
    assert ">[not measured]</data>" in page
    assert "the reference run failed. It needed more memory." in page
    assert "eing measured" not in page


def test_a_withdrawn_experiment_is_told_as_withdrawn(topic: Topic) -> None:
    other = make_experiment("other")
    figures = "{{ measured other.relative_delta_2 }} and {{ measured other.test_loss }}"
    make_lesson(topic, "code", source=f"{figures}\n\n[[changes other]]\n")
    Experiment.objects.filter(pk=other.pk).update(state="draft")
    page = Client().get("/learn/gradients/code/").content.decode()
    assert page.count(">[withdrawn]</data>") == 2
    assert "This experiment has been withdrawn." in page


def test_a_learners_run_is_no_reference(topic: Topic) -> None:
    finish_run(make_run(topic, make_learner()))
    assert "not measured yet" in page_of()


def test_the_newest_reference_run_is_shown(topic: Topic) -> None:
    finish_run(make_run(topic), accuracy=0.81)
    Experiment.objects.update(plan=topic.experiment.plan | {"epochs": 3})
    topic.refresh_from_db()
    finish_run(make_run(topic), accuracy=0.87)
    page = page_of()
    assert "87.0" in page
    assert "81.0" not in page


def test_an_experiment_that_was_withdrawn_leaves_a_readable_page(topic: Topic) -> None:
    finish_run(make_run(topic))
    Experiment.objects.update(state="draft")
    assert "All there is" in page_of()


def test_the_key_insight_waits_for_the_inline_quiz(topic: Topic) -> None:
    client, insight = Client(), "Only the weights changed"
    assert insight not in page_of(client)
    for number, question in enumerate(topic.questions.order_by("position"), start=1):
        answer = {"question": str(number), "choice": right_choice(question)}
        client.post("/learn/gradients/experiment/check/", answer)
    assert insight in page_of(client)


def test_reading_leaves_no_trace_in_the_database(topic: Topic) -> None:
    client = Client()
    for address in ("/", "/learn/gradients/", "/learn/gradients/experiment/", "/me/"):
        assert client.get(address).status_code == 200
    assert not Learner.objects.exists()
    assert not Attempt.objects.exists()
    assert "sessionid" not in client.cookies


@pytest.mark.parametrize(
    "address",
    ["/learn/none/", "/learn/none/code/", "/learn/gradients/code/", "/learn/gradients/nothing/"],
)
def test_what_is_not_there_is_a_404(topic: Topic, address: str) -> None:
    assert Client().get(address).status_code == 404


@pytest.mark.parametrize("address", ["/", "/learn/gradients/", "/learn/gradients/experiment/"])
def test_pages_are_read_and_not_posted_to(topic: Topic, address: str) -> None:
    assert Client().post(address).status_code == 405


def test_a_draft_is_for_its_authors(topic: Topic) -> None:
    Lesson.objects.update(state="draft")
    address = "/learn/gradients/experiment/"
    for client in (Client(), client_of(make_user()), client_of(make_learner())):
        assert client.get(address).status_code == 404
    assert "All there is" in page_of(client_of(make_teacher()))


def test_a_draft_topic_is_not_there(topic: Topic) -> None:
    Topic.objects.update(state="draft")
    assert Client().get("/learn/gradients/").status_code == 404
    assert Client().get("/learn/gradients/experiment/").status_code == 404
    assert "gradients" not in Client().get("/").content.decode()


def test_a_member_is_not_told_that_no_account_is_needed(topic: Topic) -> None:
    assert "No account needed" in Client().get("/").content.decode()
    assert "No account needed" not in client_of(make_user()).get("/").content.decode()


def test_the_home_page_names_tracks_and_topics(topic: Topic) -> None:
    page = Client().get("/").content.decode()
    assert "Foundations" in page
    assert 'href="/learn/gradients/"' in page


def test_an_experiment_without_runs_of_another_topic_is_shown_as_waiting(topic: Topic) -> None:
    other = make_experiment("other")
    make_lesson(topic, "code", source=f"[[figures {topic.experiment.slug} {other.slug}]]")
    finish_run(make_run(topic))
    page = Client().get("/learn/gradients/code/").content.decode()
    assert "93.0" in page
