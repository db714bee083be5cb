"""`python -m benchmarks.waiting RUNS SAMPLES`: fills the queue of a prepared database.

The last of it is a reference run, which everyone may look at. It prints, as JSON, the address of
that run's page and the seconds that telling its place takes.
"""

import json
import statistics
import sys
import uuid

import django

django.setup()

from django.utils import timezone  # noqa: E402  (models can be imported only from here on)

from accounts.models import Learner  # noqa: E402
from benchmarks.platform import timed  # noqa: E402
from training_jobs.models import Run, Worker  # noqa: E402
from training_jobs.queries import queue_of  # noqa: E402
from training_jobs.queueing import in_queue_order  # noqa: E402


def main(waiting: int, samples: int) -> int:
    """Adds guests with a run each until that many runs wait."""
    now = timezone.now()
    # As long as none is there, nobody asks how long it will take.
    Worker.objects.get_or_create(name="one@host", defaults={"started_at": now, "last_seen": now})
    Worker.objects.update(last_seen=now, state=Worker.State.READY)
    last = in_queue_order().filter(learner=None).last()
    if last is None:
        raise RuntimeError("No reference run waits.")
    _fill(last, waiting - in_queue_order().count())
    seconds = statistics.median(timed(lambda: queue_of(last)) for _ in range(samples))
    sys.stdout.write(json.dumps({"page": last.get_absolute_url(), "place": seconds}))
    return 0


def _fill(pattern: Run, missing: int) -> None:
    guests = Learner.objects.bulk_create([Learner() for _ in range(missing)], batch_size=500)
    runs = [
        Run(
            experiment_id=pattern.experiment_id,
            learner=guest,
            plan=pattern.plan,
            plan_digest=pattern.plan_digest,
            idempotency_key=str(uuid.uuid4()),
            estimated_seconds=2.0,
            rank=Run.Rank.GUEST,
            last_seq=1,
        )
        for guest in guests
    ]
    Run.objects.bulk_create(runs, batch_size=500)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
