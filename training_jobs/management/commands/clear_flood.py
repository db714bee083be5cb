"""`manage.py clear_flood`: cancels queued runs, and removes guests made in a rush.

manage.py clear_flood --address 203.0.113.7 --dry-run
manage.py clear_flood --only-guests --last-minutes 30 --remove-guests
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from training_jobs.flood import Flood, cancel, remove


class Command(BaseCommand):
    help = "Cancels the queued runs that are picked out, and removes guests if asked to."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--address",
            default="",
            help="of those who began there, guests or members, within the last days",
        )
        parser.add_argument("--guest", type=UUID, help="of the learner with this id")
        parser.add_argument("--only-guests", action="store_true", help="leave members' runs alone")
        parser.add_argument("--experiment", default="", help="of the experiment with this slug")
        parser.add_argument("--last-minutes", type=float, help="asked for in the last N minutes")
        parser.add_argument("--older-minutes", type=float, help="asked for over N minutes ago")
        parser.add_argument(
            "--remove-guests",
            action="store_true",
            help="also remove the guests with this address, id or time, and everything of theirs",
        )
        parser.add_argument("--dry-run", action="store_true", help="say how many, change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        flood = Flood(
            address=options["address"],
            guest=options["guest"],
            only_guests=options["only_guests"],
            experiment=options["experiment"],
            since=_ago(options["last_minutes"]),
            until=_ago(options["older_minutes"]),
        )
        if flood == Flood():
            raise CommandError("Say which runs: by --address, --only-guests or another option.")
        removing = options["remove_guests"]
        if removing and not (flood.address or flood.guest or flood.since):
            raise CommandError("--remove-guests needs --address, --guest or --last-minutes.")
        if removing and flood.experiment:
            raise CommandError(
                "--remove-guests removes guests with everything of theirs, of any experiment: leave"
                " --experiment out to remove them, or --remove-guests to cancel its runs only."
            )
        if options["dry_run"]:
            self.stdout.write(f"{flood.runs().count()} queued runs would be cancelled.")
            if removing:
                self.stdout.write(f"{flood.guests().count()} guests would be removed.")
            return
        self.stdout.write(f"{cancel(flood.runs())} queued runs cancelled.")
        if removing:
            self.stdout.write(f"{remove(flood)} guests removed.")


def _ago(minutes: float | None) -> Any:
    return None if minutes is None else timezone.now() - timedelta(minutes=minutes)
