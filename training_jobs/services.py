"""The front door of training: ask for a run, take the wish back."""

from collections.abc import Mapping
from typing import Any

import structlog
from django.db import transaction

from accounts.learners import hold
from accounts.models import Learner
from training_jobs import lifecycle
from training_jobs.durations import forecast
from training_jobs.engine.plan import Plan, PlanError
from training_jobs.models import Experiment, Run
from training_jobs.permits import check_changes
from training_jobs.queries import data_of, published_experiments, reference_runs, run_of_key
from training_jobs.quotas import admit

log = structlog.get_logger("weightwise.training")


def request_run(
    experiment: Experiment,
    learner: Learner,
    *,
    key: str,
    seed: int | None = None,
    prediction: float | None = None,
    changes: Mapping[str, Any] | None = None,
) -> Run:
    """Queues a run of `experiment` for `learner`; the same `key` always gives the same run.

    `seed` defaults to the learner's own; `prediction` is a test accuracy as a fraction; `changes`
    are fields of the plan that the experiment permits to change.
    Raises PlanError when a change is not permitted or the plan cannot be trained, and RunRefused
    when it is too large or the learner has too many runs.
    """
    changes = changes or {}
    check_changes(experiment.permits, changes)
    own = learner.seed if seed is None else seed
    plan = Plan.parse({**experiment.plan, **changes, "seed": own})
    scoped = f"{learner.pk}:{key}"
    with transaction.atomic():
        hold(learner)  # before the key is looked for: a double click asks for it twice at once
        if made := run_of_key(scoped):
            return made
        size = forecast().of(plan)
        admit(learner, [size])
        return lifecycle.create(
            experiment,
            learner,
            plan.as_json(),
            plan.digest,
            scoped,
            prediction,
            estimated_seconds=size.seconds,
        )


def request_reference_run(experiment: Experiment, data_digest: str | None = None) -> Run:
    """The reference run of the experiment's present plan, queued when there is none.

    With `data_digest`, one that was made on other data does not count. One that failed never does,
    one that diverged does: the same plan diverges again.
    """
    plan = Plan.parse(experiment.plan)
    made = reference_runs(experiment, plan.digest)
    standing = [
        run for run in made if run.is_active or run.has_diverged or run.state == Run.State.SUCCEEDED
    ]
    if standing and (standing[0].is_active or data_digest in (None, data_of(standing[0]))):
        return standing[0]
    key = f"reference:{experiment.slug}:{plan.digest}:{len(made)}"
    seconds = forecast().of(plan).seconds
    return lifecycle.create(
        experiment, None, plan.as_json(), plan.digest, key, None, estimated_seconds=seconds
    )


def request_reference_runs(data_digests: Mapping[str, str] | None = None) -> int:
    """Queues each published experiment's missing reference run; returns how many are under way.

    With `data_digests`, by data set, a run that was made on other data counts as missing. A plan
    that cannot be trained, as one that another version accepted, is left out and told in the log.
    """
    under_way = 0
    for experiment in published_experiments():
        try:
            plan = Plan.parse(experiment.plan)
        except PlanError as error:
            log.error("plan_not_trained", experiment=experiment.slug, error=str(error))
            continue
        digest = data_digests[plan.dataset] if data_digests is not None else None
        under_way += request_reference_run(experiment, digest).is_active
    return under_way


@transaction.atomic
def cancel_run(run: Run) -> None:
    """Asks for the end of a run; harmless when it has ended already."""
    lifecycle.request_cancel(run)
