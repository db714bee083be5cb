"""A corrected key: grading again with it, and the scores that changed. Part of `quizzes.models`."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class ScoreChange(models.Model):
    """A score that a corrected key has changed: what it was, what it is, who did it and why."""

    attempt = models.ForeignKey(
        "quizzes.Attempt", on_delete=models.CASCADE, related_name="score_changes"
    )
    version = models.ForeignKey(
        "quizzes.QuestionVersion", on_delete=models.PROTECT, related_name="+"
    )
    score_before = models.FloatField()
    score_after = models.FloatField()
    reason = models.CharField(max_length=300)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return f"{self.score_before:g} → {self.score_after:g}"


class Regrading(models.Model):
    """A confirmed correction on its way through the attempts that it concerns, in portions.

    `attempts` holds their keys as they were previewed, in the order of the work; it is emptied at
    the end. `done` counts those that have been looked at, `changed` the scores that changed. After
    the attempts come the question's cards; those up to the key `cards_after` are done. Each portion
    advances one of these two positions by a conditional update in its own transaction, so every
    attempt and every card has its turn once, even if the work is interrupted or continued by
    another process.
    """

    class State(models.TextChoices):
        GOING = "going", "going on"
        DONE = "done", "done"
        OVERTAKEN = "overtaken", "overtaken by a newer version"

    question = models.ForeignKey(
        "quizzes.Question", on_delete=models.CASCADE, related_name="regradings"
    )
    version = models.ForeignKey(
        "quizzes.QuestionVersion", on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(max_length=300)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    state = models.CharField(max_length=9, choices=State, default=State.GOING)
    attempts = models.JSONField(default=list)
    total = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    cards_after = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["question"], condition=Q(state="going"), name="one_regrading_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.done} of {self.total} by {self.version}"

    @property
    def is_going(self) -> bool:
        return self.state == self.State.GOING
