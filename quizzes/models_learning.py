"""What a learner has read, and what is to be asked again. Part of `quizzes.models`."""

from django.db import models
from django.utils import timezone

from accounts.models import Learner
from lessons.models import Lesson


class LessonRead(models.Model):
    """A lesson that a learner has marked as read, or whose inline quiz they have answered."""

    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="reads")
    lesson = models.ForeignKey(Lesson, on_delete=models.CASCADE, related_name="reads")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["learner", "lesson"], name="one_read_per_lesson")
        ]

    def __str__(self) -> str:
        return f"{self.lesson} by {self.learner}"


class Card(models.Model):
    """A question that a learner has missed, and when it is due again.

    `due_at` is what `quizzes.spacing` makes of its recalls. `seq` is raised with each change: a
    page tells which one it has seen, and what it posts counts only as long as nothing came between.
    """

    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="cards")
    question = models.ForeignKey("Question", on_delete=models.CASCADE, related_name="cards")
    due_at = models.DateTimeField(default=timezone.now)
    seq = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["learner", "question"], name="one_card_per_question")
        ]
        indexes = [models.Index(fields=["learner", "due_at"], name="cards_by_due_date")]

    def __str__(self) -> str:
        return f"{self.question} for {self.learner}"


class Recall(models.Model):
    """One time that a card's question was answered: in a quiz, or when it came back.

    In a quiz, `answer` says what was seen and chosen. Without one it was a review, and `version`,
    `order` and `response` say it.
    """

    class Rating(models.IntegerChoices):
        """How well it was known, in FSRS's own numbers."""

        AGAIN = 1, "again"
        HARD = 2, "hard"
        GOOD = 3, "good"
        EASY = 4, "easy"

    card = models.ForeignKey(Card, on_delete=models.CASCADE, related_name="recalls")
    rating = models.PositiveSmallIntegerField(choices=Rating)
    at = models.DateTimeField()
    answer = models.OneToOneField("Answer", on_delete=models.CASCADE, null=True)
    version = models.ForeignKey(
        "QuestionVersion", on_delete=models.PROTECT, null=True, related_name="recalls"
    )
    order = models.JSONField(default=list)
    response = models.JSONField(default=list)

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.card}: {self.get_rating_display()}"

    @property
    def is_right(self) -> bool:
        return self.rating > self.Rating.AGAIN
