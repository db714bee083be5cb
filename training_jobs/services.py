"""The front door of training: ask for a run, take the wish back."""

from django.db import transaction

from accounts.models import Learner
from training_jobs import lifecycle
from training_jobs.engine.plan import Plan
from training_jobs.models import Experiment, Run


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


def request_reference_run(experiment: Experiment) -> Run:
    """The reference run of the experiment's present plan, queued when there is none yet."""
    plan = Plan.parse(experiment.plan)
    key = f"reference:{experiment.slug}:{plan.digest}"
    return lifecycle.create(experiment, None, plan.as_json(), plan.digest, key, None)


@transaction.atomic
def cancel_run(run: Run) -> None:
    """Asks for the end of a run; harmless when it has ended already."""
    lifecycle.request_cancel(run)
