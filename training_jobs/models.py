"""What is trained: experiments, their runs, and the history of each run."""

import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse

from accounts.models import Learner
from authoring.models import Authored
from training_jobs.engine.plan import Plan, PlanError
from training_jobs.engine.progress import BEYOND
from training_jobs.permits import PermitError, check
from training_jobs.run_titles import Change, changes_between, stand_in, title_of


def validate_plan(values: Any) -> None:
    """Raises ValidationError when `values` is not a plan that a worker would train."""
    if not isinstance(values, dict):
        raise ValidationError("A plan is a JSON object, such as {“dataset”: “mnist”, …}.")
    try:
        Plan.parse(values)
    except PlanError as error:
        raise ValidationError(str(error)) from error


class Experiment(Authored):
    """An authored training plan that learners run with a seed of their own."""

    slug = models.SlugField(unique=True)
    title = models.CharField(max_length=120)
    summary = models.TextField()
    position = models.PositiveSmallIntegerField(default=1)
    plan = models.JSONField(validators=[validate_plan])
    permits = models.JSONField(
        default=dict,
        blank=True,
        help_text="What a learner may change: plan fields, each with the list of its values.",
    )

    class Meta:
        ordering = ["position", "slug"]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """Refuses permits that no learner could use with this plan."""
        super().clean()
        try:
            validate_plan(self.plan)
        except ValidationError:
            return  # told at the plan itself
        try:
            check(self.plan, self.permits)
        except PermitError as error:
            raise ValidationError({"permits": str(error)}) from error

    def get_absolute_url(self) -> str:
        return reverse("experiment", args=[self.slug])


class Run(models.Model):
    """One execution of an experiment. Without a learner it is a reference run, open to all."""

    class State(models.TextChoices):
        QUEUED = "queued", "queued"
        RUNNING = "running", "running"
        SUCCEEDED = "succeeded", "succeeded"
        FAILED = "failed", "failed"
        CANCELLED = "cancelled", "cancelled"
        TIMED_OUT = "timed_out", "timed out"

    ACTIVE = (State.QUEUED, State.RUNNING)

    class Rank(models.IntegerChoices):
        """The order of precedence in the queue."""

        MEMBER = 0, "member"
        GUEST = 1, "guest"
        REFERENCE = 2, "reference run"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    experiment = models.ForeignKey(Experiment, on_delete=models.PROTECT, related_name="runs")
    learner = models.ForeignKey(
        Learner, on_delete=models.CASCADE, null=True, blank=True, related_name="runs"
    )
    plan = models.JSONField()
    plan_digest = models.CharField(max_length=64)
    idempotency_key = models.CharField(max_length=200, unique=True)
    prediction = models.FloatField(null=True, blank=True)
    # Runs that were asked for together: a race, or a sweep over learning rates.
    group = models.UUIDField(null=True, blank=True, db_index=True)
    repeats = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True)
    estimated_seconds = models.FloatField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    # The order of the queue, explained in `queueing`.
    rank = models.PositiveSmallIntegerField(choices=Rank, default=Rank.GUEST)
    turn = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=300, blank=True)
    # Where it diverged, in epochs; the state of such a run is `failed`.
    diverged_at = models.FloatField(null=True, blank=True)
    generation = models.PositiveIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    cancel_requested = models.BooleanField(default=False)
    worker = models.CharField(max_length=120, blank=True)
    checkpoint_epoch = models.PositiveSmallIntegerField(default=0)
    checkpoint_digest = models.CharField(max_length=64, blank=True)
    # The final figures, kept when the history is removed; and what it takes to repeat the run.
    result = models.JSONField(null=True, blank=True)
    receipt = models.JSONField(null=True, blank=True)
    last_seq = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            # Covers the queries for a run's place in the queue and its wait.
            models.Index(
                fields=[
                    "state",
                    "rank",
                    "turn",
                    "created_at",
                    "id",
                    "experiment",
                    "estimated_seconds",
                ],
                name="queue_order",
            ),
            models.Index(fields=["state", "-ended_at"], name="latest_ended"),
            models.Index(fields=["learner", "-created_at"]),
            # The admin's list, newest first.
            models.Index(fields=["-created_at", "-id"], name="latest_runs"),
        ]

    def __str__(self) -> str:
        return f"run {str(self.id)[:8]}"

    def get_absolute_url(self) -> str:
        return reverse("run", args=[self.id])

    @property
    def title(self) -> str:
        """What the run is called: by its own plan, where that is not its experiment's."""
        return self.title_on((self.receipt or {}).get("data"))

    def title_on(self, data: dict[str, Any] | None) -> str:
        """Its title, given the name and title of the data it met; None while that is unknown."""
        own = self.experiment
        return title_of(self.plan, own.title, own.plan, met=stand_in(self.plan, data))

    @property
    def stand_in(self) -> str:
        """What it was trained on in place of its plan's data set, once its receipt tells."""
        return stand_in(self.plan, (self.receipt or {}).get("data"))

    @property
    def changes(self) -> list[Change]:
        """Where its plan is not its experiment's."""
        return changes_between(self.plan, self.experiment.plan)

    @property
    def is_active(self) -> bool:
        return self.state in self.ACTIVE

    @property
    def has_diverged(self) -> bool:
        return self.diverged_at is not None

    @property
    def told_state(self) -> str:
        """The state in a word or two: a run that diverged is told as that."""
        return "diverged" if self.has_diverged else self.get_state_display()

    @property
    def told_end(self) -> str:
        """The same, with the epoch in which it diverged."""
        return (
            self.told_state
            if self.diverged_at is None
            else f"diverged in epoch {self.diverged_at:.1f}"
        )

    @property
    def beyond(self) -> str:
        """What it means that a run has diverged, within a sentence."""
        return BEYOND

    @property
    def is_reference(self) -> bool:
        return self.learner_id is None


class RunEvent(models.Model):
    """One event of a run's history, exactly as the stream sends it."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="events")
    seq = models.PositiveIntegerField()
    name = models.CharField(max_length=12)
    data = models.JSONField()
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["seq"]
        constraints = [models.UniqueConstraint(fields=["run", "seq"], name="one_event_per_seq")]

    def __str__(self) -> str:
        return f"{self.seq} {self.name}"


class Worker(models.Model):
    """A Celery worker as it reports itself.

    Warming means: alive, still loading TensorFlow. Useless: alive, but could not load it for
    `reason`, `failures` times in a row.
    """

    class State(models.TextChoices):
        WARMING = "warming", "warming"
        READY = "ready", "ready"
        USELESS = "useless", "cannot train"

    name = models.CharField(max_length=120, unique=True)
    state = models.CharField(max_length=10, choices=State, default=State.WARMING)
    reason = models.CharField(max_length=300, blank=True)
    failures = models.PositiveIntegerField(default=0)
    host = models.CharField(max_length=120, blank=True)
    tensorflow = models.CharField(max_length=20, blank=True)
    devices = models.CharField(max_length=200, blank=True)
    # Its trainer's memory, the data sets that replace others there, and the keys of the programs
    # that it has compiled.
    megabytes = models.PositiveIntegerField(default=0)
    stand_ins = models.JSONField(default=dict, blank=True)
    programs = models.JSONField(default=list, blank=True)
    started_at = models.DateTimeField()
    last_seen = models.DateTimeField()
    # When the broker last accepted a sign of life from it.
    heard_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Pace(models.Model):
    """How long runs of one kind took on one machine, to estimate the next ones.

    `ratios` are measured by calculated seconds, of runs whose program was already compiled;
    `compilations` are the additional seconds of the others. The latest come last.
    """

    host = models.CharField(max_length=120)
    kind = models.CharField(max_length=60)
    ratios = models.JSONField(default=list, blank=True)
    compilations = models.JSONField(default=list, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["host", "kind"], name="one_pace_per_kind")]

    def __str__(self) -> str:
        return f"{self.kind} on {self.host}"


class Heartbeat(models.Model):
    """When the sweep loop last went round; readiness tells of it."""

    SWEEP = "sweep"

    name = models.CharField(max_length=20, primary_key=True)
    last_seen = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
