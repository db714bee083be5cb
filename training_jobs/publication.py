"""What a published experiment needs: a size that a run of it may have."""

from collections.abc import Iterator

from django.dispatch import receiver

from authoring.publication import Lack, weighed
from training_jobs.engine.estimates import estimate
from training_jobs.engine.plan import Plan, PlanError
from training_jobs.models import Experiment
from training_jobs.permits import key_of
from training_jobs.quotas import TooLarge, check_size


@receiver(weighed, sender=Experiment)
def weigh_size(row: Experiment, **_: object) -> list[Lack]:
    """A run that would be refused when a learner asks for it is not offered."""
    return list(_too_large(row)) if row.is_published else []


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
        return  # told at the plan, or the permits, themselves


def _refusal(plan: Plan) -> str:
    try:
        check_size(estimate(plan))
    except TooLarge as refused:
        return str(refused)
    return ""
