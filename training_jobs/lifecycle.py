"""Every change of a run's state: a conditional update and its events, in one transaction.

    queued -> running -> succeeded | failed | cancelled | timed_out
    queued -> cancelled
    running -> queued | failed | cancelled     (its lease ran out: the worker is taken for dead)

Who loses a race changes nothing. A worker holds a run by its generation, which each claim raises;
what a worker of an older generation reports is refused.
"""

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import BooleanField, ExpressionWrapper, F, Q
from django.db.models.functions import Now

from accounts.models import Learner
from training_jobs.doorbell import ring_streams, ring_workers
from training_jobs.events import End, Event, Rewind, Status, data_of, name_of
from training_jobs.models import Experiment, Run, RunEvent

S = Run.State

TRANSITIONS: dict[Run.State, frozenset[Run.State]] = {
    S.QUEUED: frozenset({S.RUNNING, S.CANCELLED}),
    S.RUNNING: frozenset({S.SUCCEEDED, S.FAILED, S.CANCELLED, S.TIMED_OUT, S.QUEUED}),
    S.SUCCEEDED: frozenset(),
    S.FAILED: frozenset(),
    S.CANCELLED: frozenset(),
    S.TIMED_OUT: frozenset(),
}


# Learners before reference runs, then first come, first served.
QUEUE_ORDER = (
    ExpressionWrapper(Q(learner__isnull=True), BooleanField()).asc(),
    "created_at",
    "id",
)


class LeaseLost(Exception):
    """The run is no longer this worker's: it was taken back or has ended."""


def _lease() -> object:
    # The database's clock on both sides of the comparison: workers' clocks need not agree.
    return Now() + timedelta(seconds=settings.RUN_LEASE_SECONDS)


def _append(run: Run, events: Iterable[Event]) -> None:
    """Writes events after the row was locked by an update; rings for the streams on commit."""
    run.refresh_from_db(fields=["last_seq"])
    rows = [
        RunEvent(run=run, seq=seq, name=name_of(event), data=data_of(event))
        for seq, event in enumerate(events, start=run.last_seq + 1)
    ]
    RunEvent.objects.bulk_create(rows)
    run.last_seq += len(rows)
    Run.objects.filter(id=run.id).update(last_seq=run.last_seq)
    transaction.on_commit(lambda: ring_streams(str(run.id), run.last_seq))


def _move(
    run: Run, source: Run.State, target: Run.State, *events: Event, **changes: object
) -> bool:
    """Moves `run` if it still is in `source` and of its generation; False if it lost the race."""
    if target not in TRANSITIONS[source]:
        raise ValueError(f"A run never goes from {source} to {target}.")
    reason = changes.get("reason", "")
    final = not TRANSITIONS[target]
    if final:
        changes |= {"ended_at": Now(), "lease_until": None}
    with transaction.atomic():
        moved = Run.objects.filter(id=run.id, state=source, generation=run.generation).update(
            state=target, **changes
        )
        if moved == 1:
            status = Status(target.value, str(reason))
            _append(run, [*events, status, *([End(target.value)] if final else [])])
    return moved == 1


def create(
    experiment: Experiment,
    learner: Learner | None,
    plan: dict[str, object],
    digest: str,
    key: str,
    prediction: float | None,
) -> Run:
    """The run of this idempotency key, queued now unless it exists already."""
    with transaction.atomic():
        run, created = Run.objects.get_or_create(
            idempotency_key=key,
            defaults={
                "experiment": experiment,
                "learner": learner,
                "plan": plan,
                "plan_digest": digest,
                "prediction": prediction,
            },
        )
        if created:
            _append(run, [Status(S.QUEUED.value)])
            transaction.on_commit(ring_workers)
    return run


def claim_next() -> Run | None:
    """Takes the next queued run for the caller, with a lease; None when nothing waits."""
    while True:
        run = Run.objects.filter(state=S.QUEUED).order_by(*QUEUE_ORDER).first()
        if run is None:
            return None
        claimed = _move(
            run,
            S.QUEUED,
            S.RUNNING,
            generation=F("generation") + 1,
            tries=F("tries") + 1,
            lease_until=_lease(),
            started_at=Now(),
        )
        if claimed:
            run.refresh_from_db()
            return run


def record(run: Run, event: Event) -> None:
    """Appends an event of the worker that holds `run` and extends its lease; else LeaseLost."""
    with transaction.atomic():
        _hold(run)
        _append(run, [event])


def heartbeat(run: Run) -> bool:
    """Extends the lease; True when the learner asked to cancel. Raises LeaseLost."""
    _hold(run)
    return Run.objects.filter(id=run.id, cancel_requested=True).exists()


def _hold(run: Run) -> None:
    held = Run.objects.filter(id=run.id, state=S.RUNNING, generation=run.generation)
    if held.update(lease_until=_lease()) != 1:
        raise LeaseLost(str(run.id))


def succeed(run: Run, result: Event) -> bool:
    """Ends the run with its result; the last report and the end stand in one transaction."""
    return _move(run, S.RUNNING, S.SUCCEEDED, result)


def fail(run: Run, reason: str) -> bool:
    return _move(run, S.RUNNING, S.FAILED, reason=reason[:300])


def time_out(run: Run) -> bool:
    limit = settings.RUN_LIMIT_SECONDS
    return _move(run, S.RUNNING, S.TIMED_OUT, reason=f"It ran longer than {limit} seconds.")


def end_cancelled(run: Run) -> bool:
    """What the worker does when it has seen the request to cancel."""
    return _move(run, S.RUNNING, S.CANCELLED, reason="You cancelled it.")


def request_cancel(run: Run) -> None:
    """Cancels a queued run at once; a running one stops at its next chunk of steps."""
    if _move(run, S.QUEUED, S.CANCELLED, reason="You cancelled it."):
        return
    Run.objects.filter(id=run.id, state=S.RUNNING).update(cancel_requested=True)


def take_back_expired() -> int:
    """Takes back every run whose lease ran out; returns how many."""
    expired = Run.objects.filter(state=S.RUNNING, lease_until__lt=Now())
    return sum(_take_back(run) for run in expired)


def _take_back(run: Run) -> bool:
    if run.cancel_requested:
        return end_cancelled(run)
    if run.tries >= settings.RUN_TRIES:
        return fail(run, f"Its worker stopped answering {run.tries} times.")
    lost = "The worker stopped answering; it starts again."
    return _move(run, S.RUNNING, S.QUEUED, Rewind(0), reason=lost, lease_until=None)
