"""A reference run that diverged is shown as what it is, and no older run hides what came after."""

from typing import Any

import pytest
from django.test import Client

from lessons.models import Topic
from lessons.queries import shown_blocks
from lessons.templatetags.lesson_tags import traces_of
from tests.factories import finish_run, make_lesson, make_run, make_topic
from tests.training_jobs.factories import (
    diverge,
    epoch_report,
    result_report,
    start_report,
    tick_report,
)
from training_jobs import lifecycle, services
from training_jobs.models import Experiment, Run

pytestmark = pytest.mark.django_db
SOURCE = """\
It reached {{ measured RUN.test_accuracy }}, and {{ measured RUN.relative_delta_2 }},
with {{ measured RUN.parameters }} parameters after {{ measured RUN.steps }} steps.

[[starting-metrics RUN]]
[[changes RUN]]
[[figures RUN]]
[[trace RUN]]
"""


@pytest.fixture
def topic() -> Topic:
    topic = make_topic("gradients")
    make_lesson(topic, source=SOURCE.replace("RUN", topic.experiment.slug))
    return topic


def claimed_run(topic: Topic) -> Run:
    make_run(topic)
    claimed = lifecycle.claim_next()
    assert claimed is not None
    return claimed


def with_plan(topic: Topic, **changes: Any) -> Topic:
    """The topic, its experiment's plan changed: it needs another reference run."""
    Experiment.objects.update(plan=topic.experiment.plan | changes)
    return Topic.objects.get(pk=topic.pk)


def page_of(address: str = "/learn/gradients/experiment/") -> str:
    response = Client().get(address)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_a_run_that_diverged_is_drawn_up_to_where_it_did(topic: Topic) -> None:
    run = claimed_run(topic)
    diverge(run, 1.7, start_report(), epoch_report(1, 9.5), tick_report(1.5))
    page = page_of()
    assert page.count(">[diverged in epoch 1.7]</data>") == 3
    assert ">106</data> parameters" in page
    assert "The run diverged in epoch 1.7: the loss or a weight grew beyond" in page
    assert "Loss by epoch of" in page
    assert "epoch 0 0.700, epoch 1 9.500, epoch 1.5 0.600" in page
    assert '<th scope="row" class="reading">1.7</th>' in page
    assert "Test accuracy before training" in page
    for untrue in ("eing measured", "not measured", "run failed", ">None<", "nan<"):
        assert untrue not in page


def test_one_that_diverged_in_its_first_epoch_has_a_curve_of_moments(topic: Topic) -> None:
    run = claimed_run(topic)
    diverge(run, 0.12, start_report(), tick_report(0.03), tick_report(0.06))
    lesson = make_lesson(topic, "code", source=f"[[trace {topic.experiment.slug}]]")
    (trace,) = traces_of(shown_blocks(lesson)[0].experiments)
    assert [row.label for row in trace.rows] == ["0", "0.03", "0.06", "0.12"]
    assert [mark.label for mark in trace.loss.x_ticks] == ["0", "0.06"]
    assert len(trace.loss.points) == len(trace.accuracy.points) == 3
    assert trace.last.label == "0.06"


def test_the_scale_of_others_is_not_that_of_one_that_diverged(topic: Topic) -> None:
    finish_run(make_run(topic))
    other = make_topic("other")
    wild = claimed_run(other)
    diverge(wild, 1.2, start_report(), epoch_report(1, 1e300))
    slugs = f"{topic.experiment.slug} {other.experiment.slug}"
    lesson = make_lesson(topic, "code", source=f"[[trace {slugs}]]")
    sound, diverged = traces_of(shown_blocks(lesson)[0].experiments)
    assert sound.loss.y_ticks[-1].label == "0.8"
    assert diverged.loss.y_ticks[-1].label == "1.0e300"


def test_the_front_page_shows_it_too(topic: Topic) -> None:
    run = claimed_run(topic)
    page = page_of("/")
    assert "Being measured: the reference run is training." in page
    diverge(run, 1.7, start_report(), epoch_report(1, 9.5))
    page = page_of("/")
    assert "The run diverged in epoch 1.7: the loss or a weight grew beyond" in page
    assert "Accuracy by epoch of" in page
    assert "no result" not in page


def test_the_front_page_says_why_there_is_nothing(topic: Topic) -> None:
    lifecycle.fail(claimed_run(topic), "It needed more memory.")
    assert "Not measured: the reference run failed. It needed more memory." in page_of("/")


@pytest.mark.parametrize("address", ["/", "/learn/gradients/experiment/"])
def test_an_older_success_does_not_hide_a_newer_failure(topic: Topic, address: str) -> None:
    finish_run(make_run(topic))
    assert "an earlier one" not in page_of(address)
    lifecycle.fail(claimed_run(with_plan(topic, epochs=3)), "It needed more memory.")
    page = page_of(address)
    assert "93.0" in page
    told = f"The newest reference run of “{topic.experiment.title}” failed. It needed more memory."
    assert page.count(f"{told} This page shows an earlier one.") == 1


@pytest.mark.parametrize("address", ["/", "/learn/gradients/experiment/"])
def test_a_run_of_the_former_plan_is_called_by_that(topic: Topic, address: str) -> None:
    finish_run(make_run(topic))
    with_plan(topic, hidden_units=[16])
    Experiment.objects.update(title="Sixteen units")
    page = page_of(address)
    assert "A synthetic table, 8 hidden units, Adam at 0.01" in page
    assert ">Sixteen units<" not in page


def test_nor_one_that_waits_trains_or_was_cleared(topic: Topic) -> None:
    finish_run(make_run(topic))
    newer = make_run(with_plan(topic, epochs=3))
    told = f"A newer reference run of “{topic.experiment.title}”"
    assert f"{told} is queued at place 1; this page shows an earlier one." in page_of()
    lifecycle.claim_next()
    assert f"{told} is training; this page shows an earlier one." in page_of()
    Run.objects.filter(pk=newer.pk).update(state="cancelled", reason="An operator cleared it.")
    assert "was ended (cancelled). An operator cleared it." in page_of()


def test_a_newer_divergence_is_shown_and_not_the_older_success(topic: Topic) -> None:
    finish_run(make_run(topic))
    diverge(claimed_run(with_plan(topic, epochs=3)), 0.4, start_report(), tick_report(0.2))
    page = page_of()
    assert ">[diverged in epoch 0.4]</data>" in page
    assert "93.0" not in page


def test_a_figure_that_the_network_lacks_is_told_as_that(topic: Topic) -> None:
    run = claimed_run(topic)
    for report in (start_report(), epoch_report(1), epoch_report(2)):
        lifecycle.record(run, report)
    assert lifecycle.succeed(run, result_report())
    page = page_of()
    assert page.count(">[not available for this network]</data>") == 1
    assert page.count(">93.0 %</data>") == 1


def test_one_that_diverged_is_not_asked_for_again(topic: Topic) -> None:
    run = claimed_run(topic)
    diverge(run, 0.4, start_report())
    assert services.request_reference_run(topic.experiment) == run
    again = services.request_reference_run(topic.experiment, "other data")
    assert again != run
