"""The reference runs of experiments: which one a page shows, and what has to be said of it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q

from training_jobs.history import History, fold
from training_jobs.models import Experiment, Run, RunEvent
from training_jobs.queueing import places
from training_jobs.standing import NOT_ASKED_FOR, Standing, newer_words, standing_of

S = Run.State
# A run with something to draw: one that succeeded, or one that diverged, up to where it did.
SHOWABLE = Q(state=S.SUCCEEDED) | Q(diverged_at__isnull=False)


@dataclass(frozen=True)
class Reference:
    """What a page shows of an experiment's reference runs.

    `run` is the newest one that succeeded or diverged. `standing` says why there are no final
    figures, and is None where there are. `note` tells of a newer run that is not the one shown.
    """

    run: Run | None = None
    history: History | None = None
    standing: Standing | None = NOT_ASKED_FOR
    note: str = ""

    @property
    def diverged_at(self) -> float | None:
        return self.run.diverged_at if self.run else None


NONE = Reference()


def references(slugs: Sequence[str]) -> dict[str, Reference]:
    """Of each experiment that has reference runs, by its slug."""
    made = _by_experiment(slugs)
    newest = {slug: runs[-1] for slug, runs in made.items()}
    shown = {slug: _newest_shown(runs) for slug, runs in made.items()}
    histories = _histories([run for run in shown.values() if run])
    waiting = _places(newest.values())
    return {
        slug: _reference(newest[slug], shown[slug], histories, waiting.get(newest[slug].id))
        for slug in made
    }


def reference_of(experiment: Experiment) -> Reference:
    """The same of one experiment."""
    return references([experiment.slug]).get(experiment.slug, NONE)


def shown_reference(experiment: Experiment) -> Run | None:
    """The reference run that a page shows, without its history."""
    runs = experiment.runs.filter(SHOWABLE, learner__isnull=True)
    return runs.order_by("-created_at").first()


def _by_experiment(slugs: Sequence[str]) -> dict[str, list[Run]]:
    """Their reference runs, the oldest first."""
    rows = Run.objects.filter(experiment__slug__in=slugs, learner__isnull=True)
    made: dict[str, list[Run]] = {}
    for run in rows.select_related("experiment").order_by("created_at"):
        made.setdefault(run.experiment.slug, []).append(run)
    return made


def _newest_shown(runs: Sequence[Run]) -> Run | None:
    shown = [run for run in runs if run.state == S.SUCCEEDED or run.has_diverged]
    return shown[-1] if shown else None


def _places(runs: Iterable[Run]) -> dict[UUID, int | None]:
    queued = [run.id for run in runs if run.state == S.QUEUED]
    found = places(queued) if queued else {}
    return {run_id: at.position for run_id, at in found.items() if not at.at_least}


def _histories(runs: Collection[Run]) -> dict[UUID, History]:
    """What lessons draw: whole epochs, and of a run that diverged the batches before it did."""
    whole = [run.id for run in runs if not run.has_diverged]
    rows = RunEvent.objects.filter(run__in=[run.id for run in runs]).order_by("seq")
    # Most of the bytes, and no lesson shows them.
    rows = rows.exclude(name="weights").exclude(name="tick", run__in=whole)
    by_run: dict[UUID, list[tuple[int, str, dict[str, Any]]]] = {}
    for run_id, seq, name, data in rows.values_list("run_id", "seq", "name", "data"):
        by_run.setdefault(run_id, []).append((seq, name, data))
    return {run_id: fold(events) for run_id, events in by_run.items()}


def _reference(
    newest: Run, shown: Run | None, histories: Mapping[UUID, History], place: int | None
) -> Reference:
    if shown is None:
        return Reference(standing=standing_of(newest, place))
    return Reference(
        run=shown,
        history=histories.get(shown.id),
        standing=standing_of(shown, None) if shown.has_diverged else None,
        note="" if newest == shown else newer_words(newest, place),
    )
