"""Every change of a run's state: a conditional update and its events, in one transaction.

    queued -> running -> succeeded | failed | cancelled | timed_out
    queued -> cancelled
    running -> queued | failed | cancelled     (its lease ran out: the worker is taken for dead)

The loser of a race changes nothing. A worker holds a run by its generation, which each claim
raises; what a worker of an older generation reports is refused.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now

from accounts.models import Learner
from training_jobs.checkpoint_files import Draft
from training_jobs.doorbell import ring_streams, ring_workers
from training_jobs.engine.progress import Result
from training_jobs.events import End, Event, Status, data_of, name_of
from training_jobs.models import Experiment, Run, RunEvent
from training_jobs.queueing import entry, in_queue_order

S = Run.State

TRANSITIONS: dict[Run.State, frozenset[Run.State]] = {
    S.QUEUED: frozenset({S.RUNNING, S.CANCELLED}),
    S.RUNNING: frozenset({S.SUCCEEDED, S.FAILED, S.CANCELLED, S.TIMED_OUT, S.QUEUED}),
    S.SUCCEEDED: frozenset(),
    S.FAILED: frozenset(),
    S.CANCELLED: frozenset(),
    S.TIMED_OUT: frozenset(),
}


# What stays of a run when its history is removed.
KEPT_FIGURES = ("test_accuracy", "test_loss", "test_accuracy_before", "seconds", "weights_digest")

EXPIRED = Q(lease_until__lt=Now())


class LeaseLost(Exception):
    """The run is no longer this worker's: it was taken back or has ended."""


def _lease() -> object:
    # The database's clock on both sides of the comparison: workers' clocks need not agree.
    return Now() + timedelta(seconds=settings.RUN_LEASE_SECONDS)


def _append(run: Run, events: Sequence[Event], last: int) -> None:
    """Writes events, the final one with the number `last`; rings for the streams on commit.

    Only after an update that set `last_seq` to that number, and so locked the run's row.
    """
    first = last - len(events) + 1
    RunEvent.objects.bulk_create(
        RunEvent(run=run, seq=seq, name=name_of(event), data=data_of(event))
        for seq, event in enumerate(events, start=first)
    )
    if events:
        transaction.on_commit(lambda: ring_streams(str(run.id), last))


def _move(
    run: Run,
    source: Run.State,
    target: Run.State,
    *events: Event,
    when: Q | None = None,
    **changes: object,
) -> bool:
    """Moves `run` if it still is in `source` and of its generation; False if it lost the race.

    `when` narrows what may be moved further.
    """
    if target not in TRANSITIONS[source]:
        raise ValueError(f"A run never goes from {source} to {target}.")
    final = not TRANSITIONS[target]
    status = Status(target.value, str(changes.get("reason", "")))
    appended = [*events, status, *([End(target.value)] if final else [])]
    if final:
        changes |= {"ended_at": Now(), "lease_until": None}
    changes |= {"state": target, "last_seq": F("last_seq") + len(appended)}
    movable = Run.objects.filter(when or Q(), id=run.id, state=source, generation=run.generation)
    with transaction.atomic():
        if movable.update(**changes) != 1:
            return False
        run.refresh_from_db(fields=["last_seq"])
        _append(run, appended, run.last_seq)
    return True


def create(
    experiment: Experiment,
    learner: Learner | None,
    plan: dict[str, object],
    digest: str,
    key: str,
    prediction: float | None,
    *,
    group: UUID | None = None,
    repeats: Run | None = None,
    estimated_seconds: float | None = None,
) -> Run:
    """The run of this idempotency key, queued now unless it exists already."""
    rank, turn = entry(learner)
    with transaction.atomic():
        run, created = Run.objects.get_or_create(
            idempotency_key=key,
            defaults={
                "rank": rank,
                "turn": turn,
                "experiment": experiment,
                "learner": learner,
                "plan": plan,
                "plan_digest": digest,
                "prediction": prediction,
                "group": group,
                "repeats": repeats,
                "estimated_seconds": estimated_seconds,
                "last_seq": 1,
            },
        )
        if created:
            _append(run, [Status(S.QUEUED.value)], 1)
            transaction.on_commit(ring_workers)
    return run


def hand_over(guest: Learner, member: Learner) -> None:
    """Makes a guest's runs a member's; those that wait move up to a member's place."""
    moved = list(in_queue_order().filter(learner=guest).values_list("id", flat=True))
    rank, turn = entry(member)
    Run.objects.filter(learner=guest).update(learner=member, rank=rank)
    for later, run_id in enumerate(moved):
        Run.objects.filter(id=run_id, state=S.QUEUED).update(turn=turn + later)


def claim_next(worker: str = "") -> Run | None:
    """Takes the next queued run for the worker, with a lease; None when nothing waits."""
    while True:
        run = in_queue_order().first()
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
            worker=worker,
        )
        if claimed:
            return Run.objects.get(id=run.id)


def record(run: Run, *events: Event) -> bool:
    """Appends events of the worker that holds `run`, all or none, and extends its lease.

    True when the learner asked to cancel. Raises LeaseLost. Repeating it after a connection broke
    is harmless: `run` knows how far its history had come.
    """
    last = run.last_seq + len(events)
    held = _held(run)
    with transaction.atomic():
        extended = held.filter(last_seq=run.last_seq).update(lease_until=_lease(), last_seq=last)
        if extended:
            _append(run, events, last)
        elif not held.filter(last_seq=last).exists():
            raise LeaseLost(str(run.id))
    run.last_seq = last
    return held.filter(cancel_requested=True).exists()


def heartbeat(run: Run) -> bool:
    """Extends the lease; True when the learner asked to cancel. Raises LeaseLost."""
    return record(run)


def _held(run: Run) -> QuerySet[Run]:
    """The run's row while it is its worker's: it has not ended, and nobody claimed it since."""
    return Run.objects.filter(id=run.id, state=S.RUNNING, generation=run.generation)


def keep_checkpoint(run: Run, epoch: int, draft: Draft) -> None:
    """Makes a written checkpoint the one that the run resumes from. Raises LeaseLost."""
    with transaction.atomic():
        kept = _held(run).update(checkpoint_epoch=epoch, checkpoint_digest=draft.digest)
        if kept != 1:
            raise LeaseLost(str(run.id))
        # While the row is locked: nobody else can claim the run and write the file meanwhile.
        draft.settle()


def succeed(run: Run, result: Result, receipt: dict[str, Any] | None = None) -> bool:
    """Ends the run with its result; the last report and the end stand in one transaction."""
    data = data_of(result)
    figures = {name: data[name] for name in KEPT_FIGURES}
    return _move(run, S.RUNNING, S.SUCCEEDED, result, result=figures, receipt=receipt)


def fail(run: Run, reason: str) -> bool:
    return _move(run, S.RUNNING, S.FAILED, reason=reason[:300])


def diverge(run: Run, epoch: float, reason: str) -> bool:
    """Ends the run as failed, and keeps where it diverged."""
    return _move(run, S.RUNNING, S.FAILED, reason=reason[:300], diverged_at=epoch)


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


def clear_queued(run: Run) -> bool:
    """Cancels a queued run for an operator; False if it is no longer queued."""
    return _move(run, S.QUEUED, S.CANCELLED, reason="An operator cleared the queue.")


def take_back_expired() -> int:
    """Takes back every run whose lease ran out; returns how many."""
    return sum(_take_back(run) for run in Run.objects.filter(EXPIRED, state=S.RUNNING))


def _take_back(run: Run) -> bool:
    if run.cancel_requested:
        return end_cancelled(run)
    if run.tries >= settings.RUN_TRIES:
        return fail(run, f"Its trainer stopped answering {run.tries} times.")
    lost = (
        "Its trainer stopped answering. Another one continues from the last saved epoch, or starts"
        " again."
    )
    # A worker that only was slow may have extended its lease since we looked.
    return _move(run, S.RUNNING, S.QUEUED, when=EXPIRED, reason=lost, lease_until=None)


def forget_checkpoint(run: Run) -> bool:
    """Gives up the files of a run that has ended; False when there was none."""
    ended = Run.objects.filter(id=run.id, checkpoint_epoch__gt=0).exclude(state__in=Run.ACTIVE)
    return ended.update(checkpoint_epoch=0, checkpoint_digest="") == 1


def forget_history(run: Run) -> bool:
    """Removes the whole history of a run that has ended; its result and receipt stay."""
    ended = Run.objects.filter(id=run.id, last_seq__gt=0).exclude(state__in=Run.ACTIVE)
    with transaction.atomic():
        if ended.update(last_seq=0) != 1:
            return False
        RunEvent.objects.filter(run=run).delete()
    return True
