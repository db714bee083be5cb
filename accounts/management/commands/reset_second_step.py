"""`manage.py reset_second_step NAME`: for somebody who lost the device and the recovery codes."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from accounts.second_step import reset


class Command(BaseCommand):
    help = "Removes an account's authenticator app, passkeys and recovery codes. It is logged."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="the account's username")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["name"]).first()
        if user is None:
            raise CommandError(f"There is no account with the username “{options['name']}”.")
        if not reset(user, by="manage.py"):
            self.stdout.write(f"{user.get_username()} has no second step; nothing was changed.")
            return
        self.stdout.write(
            f"{user.get_username()} now signs in with the password alone, and can set up a second "
            "step again. Make sure that it was the owner who asked."
        )
