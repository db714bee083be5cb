"""What may be queued: how many runs a learner has at once and an hour, and how large each is."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db.models import Count, QuerySet
from django.utils import timezone

from accounts.models import Learner
from database.prepared import Given, Select
from throttling.limits import Limit, take
from throttling.refusals import TurnedAway, spell
from training_jobs.engine.estimates import Estimate
from training_jobs.models import Run

HOUR = timedelta(hours=1)
# The queue grows shorter with every run that ends.
QUEUE_FULL_SECONDS = 60


class RunRefused(TurnedAway):
    """The run is not queued; the text says why, and what can be done."""

    status = 422


class TooLarge(RunRefused):
    """The plan would take longer, or more memory, than one run may have."""


class QuotaExceeded(RunRefused):
    """The learner has as many runs as they may; `retry_after` is in seconds."""

    status = 429


class QueueFull(QuotaExceeded):
    """The queue is full, through no fault of the person who asks."""

    status = 503


@dataclass(frozen=True)
class Quota:
    """How many runs somebody may have queued or in training, and start within an hour."""

    active: int
    an_hour: int


def quota_of(learner: Learner) -> Quota:
    if learner.is_guest:
        return Quota(settings.GUEST_ACTIVE_RUNS, settings.GUEST_RUNS_AN_HOUR)
    return Quota(settings.MEMBER_ACTIVE_RUNS, settings.MEMBER_RUNS_AN_HOUR)


def admit(learner: Learner, sizes: Sequence[Estimate], what: str = "This") -> None:
    """Raises RunRefused when `learner` may not start runs of these sizes together now.

    `what` begins the sentence that says how many they are: “A sweep”.

    Call it inside the transaction that queues them, in which the learner is held from before it was
    looked whether these runs are there already: two tabs may ask at once.
    """
    for size in sizes:
        check_size(size)
    check_quota(learner, len(sizes), what)
    check_queue(learner, len(sizes), what)
    _count_address(learner, len(sizes), what)


def check_size(estimate: Estimate) -> None:
    """Raises TooLarge for a run that would be stopped before its end."""
    if estimate.seconds > settings.RUN_LIMIT_SECONDS:
        raise TooLarge(
            f"This run would train for about {spell(estimate.seconds)}, and one run may take"
            f" {spell(settings.RUN_LIMIT_SECONDS)}. Choose fewer epochs, larger batches or a"
            " smaller network."
        )
    if estimate.megabytes > settings.RUN_MEMORY_MEGABYTES:
        raise TooLarge(
            f"This network and one batch would need about {estimate.megabytes} MB of memory, and a"
            f" run may use {settings.RUN_MEMORY_MEGABYTES} MB. Choose a smaller network or smaller"
            " batches."
        )


def check_quota(learner: Learner, runs: int = 1, what: str = "This") -> None:
    """Raises QuotaExceeded when `learner` may not start this many runs together now.

    Runs that were asked for as one group, such as a race, count as one active run, and each towards
    the hour.
    """
    quota = quota_of(learner)
    _check_active(learner, quota.active)
    _check_hour(learner, quota.an_hour, runs, what)


def _check_active(learner: Learner, most: int) -> None:
    asked = {group or run for run, group in _ACTIVE(learner=learner.pk)}
    if len(asked) >= most:
        raise QuotaExceeded(
            f"You have {_runs(len(asked))} waiting or in training, and {most} at a time is the"
            " limit, so that everyone gets a turn. Start this one when one of them has ended.",
            retry_after=10,
        )


def _check_hour(learner: Learner, most: int, runs: int, what: str) -> None:
    now = timezone.now()
    times = _TIMES(learner=learner.pk, created_at=now - HOUR)
    too_many = len(times) + runs - most
    if too_many <= 0:
        return
    account = " With an account you may start more." if learner.is_guest else ""
    if runs > most:  # no wait would help
        raise QuotaExceeded(
            f"{what} takes {_runs(runs)}, and {most} within an hour is the limit.{account}"
        )
    # As soon as enough of the hour's first runs are an hour old.
    free_at = times[min(too_many, len(times)) - 1] + HOUR if times else now + HOUR
    wait = max(math.ceil((free_at - now).total_seconds()), 1)
    if runs == 1:
        said = f"You have started {_runs(len(times))} within an hour, and {most} is the limit."
    else:
        left = max(most - len(times), 0) or "none"
        said = f"{what} takes {_runs(runs)}; you have {left} left this hour, of {most}."
    raise QuotaExceeded(f"{said} Come back in {spell(wait)}.{account}", retry_after=wait)


def check_queue(learner: Learner, runs: int = 1, what: str = "This") -> None:
    """Raises QueueFull if `runs` more may not wait. Guests and members have separate limits."""
    own = Run.Rank.GUEST if learner.is_guest else Run.Rank.MEMBER
    most = settings.QUEUE_GUEST_RUNS if learner.is_guest else settings.QUEUE_MEMBER_RUNS
    waiting = _WAITING.first(rank=own) or 0
    if waiting + runs > most:
        account = " Members have a separate limit: sign in to use it." if learner.is_guest else ""
        takes = "" if runs == 1 else f" {what} takes {_runs(runs)}."
        are = "is" if waiting == 1 else "are"
        raise QueueFull(
            f"{_runs(waiting)} {are} already waiting to be trained, and at most {most} may wait."
            f"{takes} Try again in {spell(QUEUE_FULL_SECONDS)}.{account}",
            QUEUE_FULL_SECONDS,
        )


def _count_address(learner: Learner, runs: int, what: str) -> None:
    """Counts runs at the address where a guest or a new member began. Raises QuotaExceeded."""
    if not learner.address:
        return  # known for some days only
    name, who = ("runs", "guests") if learner.is_guest else ("members' runs", "new members")
    limit = Limit(name, settings.ADDRESS_RUNS_AN_HOUR, 60 * 60)
    refused = take(limit, learner.address, cost=runs)
    if refused is not None:
        said = (
            f"{who.capitalize()} at your network address have started {limit.most} runs within an"
            " hour, which is the limit."
            if runs == 1
            else f"{what} takes {_runs(runs)}. Together, {who} at your network address may start"
            f" {limit.most} an hour, and fewer than that are left."
        )
        way_on = "Sign in to continue now, or come" if learner.is_guest else "Come"
        raise QuotaExceeded(f"{said} {way_on} back in {spell(refused.seconds)}.", refused.seconds)


def _runs(count: int) -> str:
    return f"{count} run" if count == 1 else f"{count} runs"


def _own() -> QuerySet[Run]:
    return Run.objects.filter(learner=Given(Run, "learner"))


def _of_rank() -> QuerySet[Run]:
    return Run.objects.filter(rank=Given(Run, "rank"))


_ACTIVE = Select(lambda: _own().filter(state__in=Run.ACTIVE).values_list("id", "group"))
_TIMES = Select(
    lambda: (
        _own()
        .filter(created_at__gt=Given(Run, "created_at"))
        .order_by("created_at")
        .values_list("created_at", flat=True)
    )
)
# How many wait, in one row; in none while nobody does.
_WAITING = Select(
    lambda: (
        _of_rank()
        .filter(state=Run.State.QUEUED)
        .order_by()
        .values("rank")
        .annotate(runs=Count("pk"))
        .values_list("runs", flat=True)
    )
)
