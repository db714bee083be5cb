"""Runs that are asked for together: the optimizer race, the learning-rate sweep, and repeats.

A group is queued in one transaction and counts as one wish of its learner. What its runs differ in
is data; each plan passes `Plan.parse` as any other.
"""

import uuid
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from accounts.learners import hold
from accounts.models import Learner
from training_jobs import lifecycle
from training_jobs.durations import forecast
from training_jobs.engine.estimates import Estimate
from training_jobs.engine.plan import Plan, PlanError
from training_jobs.models import Experiment, Run
from training_jobs.queries import published_experiments
from training_jobs.quotas import admit

# What may differ between the runs of a race; everything else is the same, and so are the batches.
NAMED = {
    "optimizer": "the optimizer",
    "learning_rate": "the learning rate",
    "momentum": "the momentum",
    "nesterov": "Nesterov’s rule",
    "weight_decay": "the weight decay",
}
RACED = frozenset(NAMED)
# As many as a chart can tell apart.
MOST_RACERS = 6
# A sweep's learning rates, as multiples of the experiment's own, each with as many seeds.
SWEPT = (0.1, 0.3, 1.0, 3.0, 10.0)
SEEDS = 3
LARGEST_SEED = 2**31 - 1


@dataclass(frozen=True)
class Wish:
    """One run of a group: the experiment it belongs to, and its plan."""

    experiment: Experiment
    plan: Plan


@dataclass(frozen=True)
class Offers:
    """What an experiment's page offers to start at a click."""

    rivals: list[Experiment]
    rates: list[str]
    # What the rivals differ in, in words.
    differences: str = ""
    seeds: int = SEEDS
    # Makes a doubled click one wish.
    key: uuid.UUID = field(default_factory=uuid.uuid4)

    @property
    def whom(self) -> str:
        """How many race, as a button says it."""
        count = len(self.rivals)
        return "both" if count == 2 else f"all {'three' if count == 3 else count}"  # noqa: PLR2004

    @property
    def names(self) -> str:
        """The rivals in a sentence."""
        titles = [rival.title for rival in self.rivals]
        return f"{', '.join(titles[:-1])} and {titles[-1]}"


def offers(experiment: Experiment) -> Offers:
    """The race and the sweep that start from this experiment; empty lists where there is none."""
    rates = swept_rates(experiment)
    told = [f"{rate:g}" for rate in rates] if len(rates) > 1 else []
    racers = rivals(experiment)
    return Offers(racers, told, differences([racer.plan for racer in racers]))


def differences(plans: Sequence[dict[str, Any]]) -> str:
    """What these plans of a race differ in, such as “the optimizer and the learning rate”."""
    parsed = [Plan.parse(plan).as_json() for plan in plans]
    differing = [name for name in NAMED if len({plan[name] for plan in parsed}) > 1]
    *others, last = [NAMED[name] for name in differing] or ["nothing but their names"]
    return f"{', '.join(others)} and {last}" if others else last


def rivals(experiment: Experiment) -> list[Experiment]:
    """The published experiments that differ from this one in what is raced, itself included.

    Empty when it has no rival: nobody races alone.
    """
    own = _raced_over(experiment.plan)
    if own is None:  # said when a run is asked for
        return []
    others = [other for other in published_experiments() if _raced_over(other.plan) == own]
    # Without the optimizer's fields an unpublished experiment still has rivals; it races with none.
    return others[:MOST_RACERS] if len(others) > 1 and experiment in others else []


def _raced_over(values: dict[str, Any]) -> dict[str, Any] | None:
    """What must be the same for two plans to race; None for a plan that cannot be trained."""
    with suppress(PlanError):
        plan = Plan.parse(values).as_json()
        return {name: value for name, value in plan.items() if name not in RACED | {"seed"}}
    return None


def swept_rates(experiment: Experiment) -> list[float]:
    """The learning rates of a sweep: those a learner may choose, or steps around its own."""
    permitted = experiment.permits.get("learning_rate", [])
    if len(permitted) >= len(SWEPT) - 1:
        return sorted(permitted)[: len(SWEPT)]
    try:
        own = Plan.parse(experiment.plan).learning_rate
    except PlanError:  # said when a run is asked for
        return []
    # Four digits: ten times 0.03 is not to read 0.30000000000000004.
    rates = [float(f"{own * factor:.4g}") for factor in SWEPT]
    return [rate for rate in rates if _is_possible(experiment, rate)]


def _is_possible(experiment: Experiment, rate: float) -> bool:
    with suppress(PlanError):
        return bool(Plan.parse({**experiment.plan, "learning_rate": rate}))
    return False


def request_race(
    experiment: Experiment, learner: Learner, *, key: str, seed: int | None = None
) -> uuid.UUID:
    """Queues one run of each rival from the same initial weights and batches; returns the group.

    `seed` defaults to the learner's own. Raises PlanError when there is nobody to race.
    """
    racers = rivals(experiment)
    if not racers:
        raise PlanError(
            f"“{experiment.title}” has no rival that differs in its optimizer’s settings only."
        )
    start = learner.seed if seed is None else seed
    wishes = [Wish(racer, Plan.parse({**racer.plan, "seed": start})) for racer in racers]
    return request_group(learner, wishes, key=f"race:{experiment.slug}:{key}", what="A race")


def request_sweep(experiment: Experiment, learner: Learner, *, key: str) -> uuid.UUID:
    """Queues the experiment at each rate of a sweep with three seeds; returns the group.

    Raises PlanError when the experiment's plan cannot be trained.
    """
    seeds = [(learner.seed + number) % (LARGEST_SEED + 1) for number in range(SEEDS)]
    wishes = [
        Wish(experiment, Plan.parse({**experiment.plan, "learning_rate": rate, "seed": seed}))
        for rate in swept_rates(experiment)
        for seed in seeds
    ]
    return request_group(learner, wishes, key=f"sweep:{experiment.slug}:{key}", what="A sweep")


@transaction.atomic
def request_group(
    learner: Learner, wishes: Sequence[Wish], *, key: str, what: str = "This"
) -> uuid.UUID:
    """Queues all these runs or none; the same `key` always gives the same group.

    `what` is the group in the sentence that refuses it.

    Raises RunRefused when the learner may not start them now, or one of them is too large.
    """
    hold(learner)
    group = uuid.uuid5(learner.pk, key)
    if Run.objects.filter(group=group).exists():
        return group
    expected, sizes = forecast(), []
    for wish in wishes:
        sizes.append(expected.of(wish.plan))
        expected = expected.after(wish.plan)
    admit(learner, sizes, what)
    for number, (wish, size) in enumerate(zip(wishes, sizes, strict=True)):
        _queue(wish, size, learner, f"{learner.pk}:{group}:{number}", group=group)
    return group


@transaction.atomic
def request_repeat(run: Run, learner: Learner) -> Run:
    """Queues a run with the very plan of `run`; the same one while it has not ended.

    Raises PlanError when the plan, made by another version, cannot be trained any more, and
    RunRefused when the learner may not start a run now.
    """
    hold(learner)
    made = Run.objects.filter(repeats=run, learner=learner)
    if active := made.filter(state__in=Run.ACTIVE).first():
        return active
    wish = Wish(run.experiment, Plan.parse(run.plan))
    size = forecast().of(wish.plan)
    admit(learner, [size])
    return _queue(wish, size, learner, f"{learner.pk}:repeat:{run.pk}:{made.count()}", repeats=run)


def _queue(wish: Wish, size: Estimate, learner: Learner, key: str, **links: Any) -> Run:
    plan = wish.plan
    return lifecycle.create(
        wish.experiment,
        learner,
        plan.as_json(),
        plan.digest,
        key,
        None,
        estimated_seconds=size.seconds,
        **links,
    )


def learning_rates(runs: Iterable[Run]) -> list[float]:
    """The learning rates of these runs, smallest first."""
    return sorted({run.plan["learning_rate"] for run in runs})
