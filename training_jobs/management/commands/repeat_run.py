"""`manage.py repeat_run <uuid> [--wait]`: the same plan again, and whether it came out equal."""

from time import monotonic, sleep
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Learner
from training_jobs.comparisons import comparison
from training_jobs.engine.plan import PlanError
from training_jobs.groups import request_repeat
from training_jobs.models import Run
from training_jobs.quotas import RunRefused

LOOK_SECONDS = 0.2
NOT_ENDED = "The repeat had not ended after {seconds:g} seconds; it goes on."
NO_RECEIPT = "The original left no digest of its weights, so there is nothing to hold it against."


class Command(BaseCommand):
    help = (
        "Queues a run with the plan of this one, for the same learner (for a reference run: for a"
        " new guest). With --wait it stays until that has ended, and fails unless both runs ended"
        " with the same weights."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("run", type=UUID, help="the id of the run, as in its address")
        parser.add_argument("--wait", action="store_true", help="wait, and compare the weights")
        parser.add_argument(
            "--timeout", type=float, default=600, help="seconds to wait at most (600)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        original = self._original(options["run"])
        repeat = self._queue(original)
        self.stdout.write(f"Queued {repeat.pk}, which repeats {original.pk}.")
        if options["wait"]:
            self._wait(repeat, options["timeout"])
            self._compare(original, repeat)

    def _original(self, run_id: UUID) -> Run:
        found = Run.objects.select_related("experiment", "learner").filter(id=run_id).first()
        if found is None:
            raise CommandError(f"There is no run {run_id}.")
        return found

    def _queue(self, original: Run) -> Run:
        learner = original.learner or Learner.objects.create()
        try:
            return request_repeat(original, learner)
        except (PlanError, RunRefused) as refusal:
            raise CommandError(str(refusal)) from refusal

    def _wait(self, repeat: Run, seconds: float) -> None:
        deadline = monotonic() + seconds
        while repeat.is_active:
            if monotonic() > deadline:
                raise CommandError(NOT_ENDED.format(seconds=seconds))
            sleep(LOOK_SECONDS)
            repeat.refresh_from_db()

    def _compare(self, original: Run, repeat: Run) -> None:
        if repeat.state != Run.State.SUCCEEDED:
            raise CommandError(f"The repeat {repeat.told_state}: {repeat.reason}")
        both = comparison([original, repeat])
        for one in both.compared:
            self.stdout.write(f"{one.run.pk} {one.weights_digest or '(none)'}")
        if not both.weights_verdict:
            raise CommandError(NO_RECEIPT)
        if both.weights_verdict == "different":
            raise CommandError("The weights are different.")
        self.stdout.write("The weights are equal, bit for bit.")
