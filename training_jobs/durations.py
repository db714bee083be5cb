"""How long a run will take on the machines that train here, learned from how long others took.

What a plan costs is calculated (`engine.estimates`); how fast a machine is, and how long it
compiles a program that it has not met, is learned from its own finished runs. Medians of the latest
few: one run that took a hundred times as long changes nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from math import isfinite, sqrt
from statistics import fmean, median

from django.db import transaction

from training_jobs.engine.estimates import Estimate, estimate, kind_of, program_key
from training_jobs.engine.plan import Plan
from training_jobs.models import Pace, Run, Worker
from training_jobs.queries import fresh_workers, published_plans

# How many of the latest runs of a kind are remembered.
REMEMBERED = 15
# Of what others have taught, a machine begins with so much: a few runs of its own outweigh it.
ADOPTED = 3
# Whatever was measured: a machine is not so much faster or slower than the one that the
# calculation was fitted on, and nothing compiles for longer.
SLOWEST, LONGEST_COMPILATION = 20.0, 120.0
# Before anything was measured.
COMPILATIONS = {"dense xla": 4.0, "dense graph": 1.5, "convolutional xla": 6.0}
OTHER_COMPILATION = 2.5


@dataclass(frozen=True)
class Machine:
    """A worker as far as durations go: what it is, what stands in there, what it has compiled."""

    host: str
    stand_ins: Mapping[str, str]
    programs: frozenset[str]


@dataclass(frozen=True)
class Forecast:
    """What is expected of runs from now on; read once, asked about many plans."""

    machines: Sequence[Machine]
    paces: Mapping[tuple[str, str], Pace]
    # No trainer takes a run now, because each that is there is starting.
    is_starting: bool = False

    def of(self, plan: Plan) -> Estimate:
        """The size of a run of `plan`, in the seconds of the machines that may train it."""
        expected = [self._on(machine, plan) for machine in self.machines]
        return replace(
            expected[0],
            seconds=fmean(size.seconds for size in expected),
            compiling=fmean(size.compiling for size in expected),
            megabytes=max(size.megabytes for size in expected),
        )

    def after(self, plan: Plan) -> "Forecast":
        """What is expected once `plan` has been trained: its program is compiled then."""
        return replace(self, machines=[_having(machine, plan) for machine in self.machines])

    def cold(self) -> "Forecast":
        """What is expected where nothing has been compiled yet: no run takes longer."""
        none: frozenset[str] = frozenset()
        return replace(
            self, machines=[replace(machine, programs=none) for machine in self.machines]
        )

    def unlearned(self) -> "Forecast":
        """What is expected of machines that nothing is known of."""
        return replace(self, paces={})

    def _on(self, machine: Machine, plan: Plan) -> Estimate:
        data = machine.stand_ins.get(plan.dataset, plan.dataset)
        size, kind = estimate(plan, data), kind_of(plan, data)
        pace = self.paces.get((machine.host, kind), Pace())
        training = size.seconds * ratio_of(pace.ratios)
        is_cold = program_key(plan, data) not in machine.programs
        compiling = compilation_of(pace.compilations, plan) if is_cold else 0.0
        return replace(size, seconds=training + compiling, compiling=compiling)


def _having(machine: Machine, plan: Plan) -> Machine:
    data = machine.stand_ins.get(plan.dataset, plan.dataset)
    return replace(machine, programs=machine.programs | {program_key(plan, data)})


def forecast() -> Forecast:
    """What is expected on the workers that are there; while none is, on those known before."""
    fresh = fresh_workers()
    rows = fresh or list(Worker.objects.order_by("-last_seen")[:1])
    is_warming = any(row.state == Worker.State.WARMING for row in rows)
    rehearsed = published_plans() if is_warming else []
    machines = [_machine(row, rehearsed) for row in rows]
    hosts = {machine.host for machine in machines}
    paces = Pace.objects.filter(host__in=hosts)
    return Forecast(
        machines or [Machine("", {}, frozenset())],
        {(pace.host, pace.kind): pace for pace in paces},
        is_starting=bool(fresh) and all(row.state == Worker.State.WARMING for row in fresh),
    )


def _machine(row: Worker, rehearsed: Sequence[Plan]) -> Machine:
    """The machine that will train: one that warms up takes a run when it has rehearsed those."""
    machine = Machine(row.host, row.stand_ins, frozenset(row.programs))
    if row.state == Worker.State.WARMING:
        return reduce(_having, rehearsed, machine)
    return machine


def ratio_of(ratios: Sequence[float]) -> float:
    """Seconds taken for each second calculated; half believed while only one run tells."""
    told = _sane(ratios, SLOWEST)
    if not told:
        return 1.0
    return sqrt(told[0]) if len(told) == 1 else median(told)


def compilation_of(compilations: Sequence[float], plan: Plan) -> float:
    """Seconds that a machine compiles a program of this plan's kind."""
    told = _sane(compilations, LONGEST_COMPILATION)
    if told:
        return median(told)
    kind = f"{plan.network} {'xla' if plan.compiled else 'graph'}"
    return COMPILATIONS.get(kind, OTHER_COMPILATION)


def _sane(values: Iterable[float], most: float) -> list[float]:
    """The values that may be, none too small to divide by and none absurdly large."""
    return [min(max(value, 1 / most), most) for value in values if isfinite(value)]


def learn(run: Run, plan: Plan, data: str, *, is_cold: bool, programs: list[str]) -> None:
    """Remembers how long a run took that has just succeeded, and what its worker has compiled."""
    worker = Worker.objects.filter(name=run.worker).first()
    ended = Run.objects.filter(pk=run.pk, state=Run.State.SUCCEEDED).first()
    if worker is None or ended is None or not (ended.started_at and ended.ended_at):
        return
    Worker.objects.filter(pk=worker.pk).update(programs=programs)
    taken = (ended.ended_at - ended.started_at).total_seconds()
    note(worker.host, plan, data, taken, is_cold=is_cold)


@transaction.atomic
def note(host: str, plan: Plan, data: str, taken: float, *, is_cold: bool) -> None:
    """Adds a duration to what is known of a machine."""
    Pace.objects.get_or_create(host=host, kind=kind_of(plan, data))
    pace = Pace.objects.select_for_update().get(host=host, kind=kind_of(plan, data))
    calculated = estimate(plan, data).seconds
    if is_cold:
        longer = max(taken - calculated * ratio_of(pace.ratios), 0.0)
        pace.compilations = [*pace.compilations, longer][-REMEMBERED:]
    else:
        pace.ratios = [*pace.ratios, taken / calculated][-REMEMBERED:]
    pace.save()


def adopt(host: str) -> None:
    """Lets a machine begin with what was learned last of each kind that it knows nothing of.

    A container has another name after each deployment, and mostly is on the same machine.
    """
    known = Pace.objects.filter(host=host).values("kind")
    adopted: dict[str, Pace] = {}
    for taught in Pace.objects.exclude(kind__in=known).order_by("updated_at"):
        own = adopted.setdefault(taught.kind, Pace(host=host, kind=taught.kind))
        own.ratios = taught.ratios[-ADOPTED:] or own.ratios
        own.compilations = taught.compilations[-ADOPTED:] or own.compilations
    Pace.objects.bulk_create(adopted.values(), ignore_conflicts=True)
