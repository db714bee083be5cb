"""Clearing a flood: an operator picks out queued runs to cancel, and guests to remove."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from accounts.clearing import guests, remove_guests
from accounts.models import Learner
from throttling.addresses import network_of
from training_jobs import lifecycle
from training_jobs.models import Run


@dataclass(frozen=True)
class Flood:
    """Selects learners' queued runs, and guests. Fields that are not given do not narrow it."""

    address: str = ""
    guest: UUID | None = None
    only_guests: bool = False
    experiment: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def runs(self) -> QuerySet[Run]:
        """The queued runs; reference runs are never among them."""
        runs = Run.objects.filter(state=Run.State.QUEUED, learner__isnull=False)
        if self.address:
            runs = runs.filter(learner__address=network_of(self.address))
        if self.guest:
            runs = runs.filter(learner=self.guest)
        if self.only_guests:
            runs = runs.filter(rank=Run.Rank.GUEST)
        if self.experiment:
            runs = runs.filter(experiment__slug=self.experiment)
        if self.since:
            runs = runs.filter(created_at__gte=self.since)
        return runs.filter(created_at__lt=self.until) if self.until else runs

    def guests(self) -> QuerySet[Learner]:
        """The guests made from the address, within the time, whichever experiments they ran."""
        made = guests()
        if self.address:
            made = made.filter(address=network_of(self.address))
        if self.guest:
            made = made.filter(pk=self.guest)
        if self.since:
            made = made.filter(created_at__gte=self.since)
        return made.filter(created_at__lt=self.until) if self.until else made


def cancel(runs: QuerySet[Run]) -> int:
    """Cancels those of these runs that still wait; returns how many."""
    return sum(map(lifecycle.clear_queued, list(runs.order_by())))


def remove(flood: Flood) -> int:
    """Removes the guests with everything of theirs; returns how many."""
    return remove_guests(flood.guests())
