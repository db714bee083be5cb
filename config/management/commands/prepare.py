"""`manage.py prepare`: everything between a checkout and a platform that can serve."""

from collections import Counter
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.demo import create_demo_accounts
from accounts.roles import sync_teacher_role
from authoring.files import ContentError, Outcome
from authoring.models import Authored
from quizzes.content import (
    Loaded,
    left_over,
    load_course,
    withdraw,
)
from quizzes.models import Question
from quizzes.publishing import warnings_about
from training_jobs.services import request_reference_runs

NO_SECOND_STEP = (
    "The demo accounts sign in with the password alone. In production, staff need a second step."
)


class Command(BaseCommand):
    help = "Migrates the database, loads the course, and queues missing reference runs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--demo", action="store_true", help="make a demo teacher and student when missing"
        )
        parser.add_argument(
            "--withdraw",
            action="store_true",
            help="make drafts of published questions and lessons that are no longer in any file",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        self.stdout.write("Database: migrated.")
        sync_teacher_role()
        loaded = self._load()
        outcomes = Counter(outcome for _, outcome in loaded)
        counts = ", ".join(f"{count} {outcome}" for outcome, count in sorted(outcomes.items()))
        self.stdout.write(f"Course: {counts}.")
        for row, outcome in loaded:
            if isinstance(row, Question) and outcome in (Outcome.CREATED, Outcome.UPDATED):
                self._warn(row)
        self._tell_left_over(left_over(loaded), take_back=options["withdraw"])
        self.stdout.write(f"Reference runs: {request_reference_runs()} queued.")
        if options["demo"]:
            self._demo()

    def _load(self) -> list[Loaded]:
        try:
            return load_course(settings.WEIGHTWISE_CONTENT)
        except ContentError as error:
            raise CommandError(f"The course was not loaded.\n{error}") from error

    def _tell_left_over(self, rows: list[Authored], *, take_back: bool) -> None:
        """Names what is published but in no file; makes drafts of it if asked to."""
        taken = withdraw(rows) if take_back else []
        for row in taken:
            self.stdout.write(f"Withdrawn: {row._meta.verbose_name} {row}. Answers to it are kept.")
        left = [row for row in rows if row not in taken]
        for row in left:
            self.stdout.write(f"Still published, but in no file: {row._meta.verbose_name} {row}.")
        if left and not take_back:
            self.stdout.write(
                "A renamed question or lesson is a new one; the old one stays published until it is"
                " withdrawn: by `manage.py prepare --withdraw` (questions and lessons that nobody"
                " has edited on the authoring pages), or by making it a draft there. Answers to"
                " it are kept."
            )
        elif left:
            self.stdout.write(
                "These were edited on the authoring pages, or others depend on them: withdraw them"
                " there."
            )

    def _warn(self, question: Question) -> None:
        """Reports probable mistakes; the question is published all the same."""
        for warning in warnings_about(question):
            if warning.is_open:
                waiving = f'Or say why it is right: waive = {{{warning.code} = "…"}}'
                self.stdout.write(f"Warning: question {question}: {warning.words} {waiving}")

    def _demo(self) -> None:
        made = create_demo_accounts()
        for name, password in made.passwords.items():
            self.stdout.write(f"Demo account: {name} / {password} (shown only now)")
        for name, why in made.refused.items():
            self.stdout.write(f"No demo account {name}: {why}")
        if made.passwords:
            self.stdout.write(NO_SECOND_STEP)
