"""The front door of training: ask for a run, take the wish back."""

from collections.abc import Mapping

from django.db import transaction

from accounts.models import Learner
from training_jobs import lifecycle
from training_jobs.engine.plan import Plan
from training_jobs.models import Experiment, Run
from training_jobs.queries import data_of, published_experiments, reference_runs


def request_run(
    experiment: Experiment,
    learner: Learner,
    *,
    key: str,
    seed: int | None = None,
    prediction: float | None = None,
) -> Run:
    """Queues a run of `experiment` for `learner`; the same `key` always gives the same run.

    `seed` defaults to the learner's own; `prediction` is a test accuracy as a fraction.
    Raises PlanError when the seed is out of range.
    """
    plan = Plan.parse({**experiment.plan, "seed": learner.seed if seed is None else seed})
    scoped = f"{learner.pk}:{key}"
    return lifecycle.create(experiment, learner, plan.as_json(), plan.digest, scoped, prediction)


def request_reference_run(experiment: Experiment, data_digest: str | None = None) -> Run:
    """The reference run of the experiment's present plan, queued when there is none.

    With `data_digest`, one that was made on other data does not count; one that failed never does.
    """
    plan = Plan.parse(experiment.plan)
    made = reference_runs(experiment, plan.digest)
    standing = [run for run in made if run.is_active or run.state == Run.State.SUCCEEDED]
    if standing and (standing[0].is_active or data_digest in (None, data_of(standing[0]))):
        return standing[0]
    key = f"reference:{experiment.slug}:{plan.digest}:{len(made)}"
    return lifecycle.create(experiment, None, plan.as_json(), plan.digest, key, None)


def refresh_reference_runs(data_digests: Mapping[str, str]) -> None:
    """Queues the reference runs that were made on other data than the worker now has."""
    for experiment in published_experiments():
        request_reference_run(experiment, data_digests[experiment.plan["dataset"]])


@transaction.atomic
def cancel_run(run: Run) -> None:
    """Asks for the end of a run; harmless when it has ended already."""
    lifecycle.request_cancel(run)
