"""A published experiment must not be larger than a run may be."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from itertools import product
from typing import Any

from django.dispatch import receiver

from accounts.models import User
from authoring.deletion import leaving
from authoring.publication import Lack, weighed
from training_jobs.durations import Forecast, forecast
from training_jobs.engine.estimates import Estimate
from training_jobs.engine.plan import Plan, PlanError
from training_jobs.models import Experiment, Run
from training_jobs.permits import key_of
from training_jobs.quotas import TooLarge, check_size

# The fields that make a run longer or larger; and of some of them, which of their values do.
SHAPING = (
    *("dataset", "network", "hidden_units", "compiled"),
    *("epochs", "batch_size", "validation_fraction"),
)
EXTREMES: Mapping[str, tuple[Callable[[list[Any]], Any], ...]] = {
    "epochs": (max,),
    "batch_size": (min, max),
    "validation_fraction": (min,),
}


@receiver(weighed, sender=Experiment)
def weigh_size(row: Experiment, *, from_file: bool = False, **_: object) -> list[Lack]:
    """The plan, with any permitted values, is what a learner is admitted with.

    A course file, which may come with a new version, is weighed as on any other machine: how slow
    this one is must not keep the version from starting.
    """
    if not row.is_published:
        return []
    expected = forecast().cold()
    return list(_too_large(row, expected.unlearned() if from_file else expected))


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


def _too_large(row: Experiment, expected: Forecast) -> Iterator[Lack]:
    try:
        own = Plan.parse(row.plan)
    except PlanError:
        return  # the field itself reports that
    if said := _refusal(expected.of(own)):
        yield Lack("plan", said)
        return
    sizes = [(expected.of(plan), plan) for plan in _largest(own, row.permits)]
    by_time = max(sizes, key=lambda sized: sized[0].seconds)
    by_memory = max(sizes, key=lambda sized: sized[0].megabytes)
    said_of = {_differences(own, plan): _refusal(size) for size, plan in (by_time, by_memory)}
    for differences, said in said_of.items():
        if said:
            yield Lack("permits", f"{differences}: {said}")


def _largest(own: Plan, permits: Mapping[str, list[Any]]) -> Iterator[Plan]:
    """The plans that may be the largest ones that the permits allow, and the experiment's own.

    Of fields in which more is always larger, or smaller, the extremes suffice: permits may have
    millions of combinations.
    """
    yield own
    offered = {name: _extremes(name, permits[name]) for name in SHAPING if name in permits}
    for chosen in product(*offered.values()):
        changes = dict(zip(offered, chosen, strict=True))
        with suppress(PlanError):  # nobody can ask for it
            yield Plan.parse({**own.as_json(), **changes})


def _extremes(name: str, values: list[Any]) -> list[Any]:
    if name in EXTREMES:
        return [extreme(values) for extreme in EXTREMES[name]]
    return values


def _differences(own: Plan, plan: Plan) -> str:
    before = own.as_json()
    changed = sorted(
        (name, value) for name, value in plan.as_json().items() if value != before[name]
    )
    return ", ".join(f"{name} {key_of(value)}" for name, value in changed)


def _refusal(size: Estimate) -> str:
    try:
        check_size(size)
    except TooLarge as refused:
        return str(refused)
    return ""
