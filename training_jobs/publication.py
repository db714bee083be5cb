"""A published experiment must not be larger than a run may be."""

from collections.abc import Iterator

from django.dispatch import receiver

from accounts.models import User
from authoring.deletion import leaving
from authoring.publication import Lack, weighed
from training_jobs.engine.estimates import estimate
from training_jobs.engine.plan import Plan, PlanError
from training_jobs.models import Experiment, Run
from training_jobs.permits import key_of
from training_jobs.quotas import TooLarge, check_size


@receiver(weighed, sender=Experiment)
def weigh_size(row: Experiment, **_: object) -> list[Lack]:
    """The plan, and the plan with each permitted value, must stay within the calculated limits."""
    return list(_too_large(row)) if row.is_published else []


@receiver(leaving, sender=User)
def keep_person(row: User, **_: object) -> list[str]:
    if not Run.objects.filter(learner__user=row).exists():
        return []
    words = (
        "Runs of this person are kept with the account: take away “Active” instead, or let its"
        " owner delete it under “My progress”."
    )
    return [words]


@receiver(leaving, sender=Experiment)
def keep_run(row: Experiment, **_: object) -> list[str]:
    if not Run.objects.filter(experiment=row).exists():
        return []
    words = (
        "Runs belong to it, and learners’ results with them. Withdraw it instead: set its state to"
        " draft, and nobody starts another one."
    )
    return [words]


def _too_large(row: Experiment) -> Iterator[Lack]:
    try:
        if said := _refusal(Plan.parse(row.plan)):
            yield Lack("plan", said)
            return
        for name, values in row.permits.items():
            for value in values:
                if said := _refusal(Plan.parse({**row.plan, name: value})):
                    yield Lack("permits", f"{name} {key_of(value)}: {said}")
    except PlanError:
        return  # the fields themselves report that


def _refusal(plan: Plan) -> str:
    try:
        check_size(estimate(plan))
    except TooLarge as refused:
        return str(refused)
    return ""
