"""`manage.py clear_counts ADDRESS`: lets a class whose network address is shut go on at once."""

from typing import Any

import redis
from django.core.management.base import BaseCommand, CommandError, CommandParser

from throttling.addresses import counted_as
from throttling.limits import forget_key


class Command(BaseCommand):
    help = "Starts all counts of a network address again, for every limit by address."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address", help="as the log has it (`client`), such as 203.0.113.7")

    def handle(self, *args: Any, **options: Any) -> None:
        address = counted_as(options["address"].strip())
        if address is None:
            raise CommandError(
                f"“{options['address']}” is not a network address. Give it as the log has it"
                " (`client`), such as 203.0.113.7 or 2001:db8::1."
            )
        try:
            cleared = forget_key(address)
        except redis.RedisError as error:
            raise CommandError(
                f"Nothing was cleared: Redis does not answer ({error}). Until it is back, each web"
                " process keeps counts of its own. They end with the time of their limit, or when"
                " the process is restarted."
            ) from None
        self.stdout.write(
            f"Cleared for {address}: {cleared}. Each limit there counts from none again."
            if cleared
            else f"Nothing is counted for {address}, so nothing was changed."
        )
