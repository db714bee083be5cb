"""`manage.py prepare`: everything between a checkout and a platform that can serve."""

from collections import Counter
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.demo import create_demo_accounts
from accounts.roles import sync_teacher_role
from authoring.files import ContentError, Outcome
from quizzes.content import load_course, request_reference_runs
from quizzes.models import Question
from quizzes.publishing import warnings_about

NO_SECOND_STEP = (
    "The demo accounts sign in with the password alone. In production, staff need a second step."
)


class Command(BaseCommand):
    help = "Migrates the database, loads the course, and queues missing reference runs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--demo", action="store_true", help="make a demo teacher and student when missing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        self.stdout.write("Database: migrated.")
        sync_teacher_role()
        self.stdout.write(f"Course: {self._load()}.")
        self.stdout.write(f"Reference runs: {request_reference_runs()} queued.")
        if options["demo"]:
            self._demo()

    def _load(self) -> str:
        try:
            loaded = list(load_course(settings.WEIGHTWISE_CONTENT))
        except ContentError as error:
            raise CommandError(str(error)) from error
        for row, outcome in loaded:
            if isinstance(row, Question) and outcome in (Outcome.CREATED, Outcome.UPDATED):
                self._warn(row)
        outcomes = Counter(outcome for _, outcome in loaded)
        return ", ".join(f"{count} {outcome}" for outcome, count in sorted(outcomes.items()))

    def _warn(self, question: Question) -> None:
        """Of what is probably a mistake; it is published all the same."""
        for warning in warnings_about(question):
            if warning.is_open:
                stands = f'Or say why it is right: waive = {{{warning.code} = "…"}}'
                self.stdout.write(f"Warning: question {question}: {warning.words} {stands}")

    def _demo(self) -> None:
        passwords = create_demo_accounts()
        for name, password in passwords.items():
            self.stdout.write(f"Demo account: {name} / {password} (shown only now)")
        if passwords:
            self.stdout.write(NO_SECOND_STEP)
