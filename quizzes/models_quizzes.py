"""A topic's quizzes and their settings. Part of `quizzes.models`."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from authoring.models import Revisioned
from lessons.models import Topic

# Four weeks, in minutes. Databases cannot compute with times that are far longer.
LONGEST_LIMIT = 40_320


class Quiz(Revisioned):
    """A topic's inline quiz, practice set or test."""

    class Kind(models.TextChoices):
        INLINE = "inline", "inline quiz"
        PRACTICE = "practice", "practice"
        TEST = "test", "test"

    class Behaviour(models.TextChoices):
        DEFERRED = "deferred", "deferred feedback: all is graded at the end"
        IMMEDIATE = "immediate", "immediate feedback: each answer is checked once"
        INTERACTIVE = "interactive", "interactive: several tries, each for less credit"
        MASTERY = "mastery", "mastery: goes on until enough of the last answers are right"

    class Counts(models.TextChoices):
        BEST = "best", "the best one"
        LAST = "last", "the last one"
        FIRST = "first", "the first one"
        MEAN = "mean", "the mean of all"

    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="quizzes")
    kind = models.CharField(max_length=8, choices=Kind, editable=False)
    behaviour = models.CharField(max_length=11, choices=Behaviour, default=Behaviour.IMMEDIATE)
    tries = models.PositiveSmallIntegerField(
        default=3,
        validators=[MinValueValidator(2), MaxValueValidator(9)],
        help_text="For interactive: each try after the first costs the same share of the credit.",
    )
    mastery_right = models.PositiveSmallIntegerField(
        "right answers for mastery", default=3, validators=[MinValueValidator(1)]
    )
    mastery_of = models.PositiveSmallIntegerField(
        "of the last answers", default=5, validators=[MinValueValidator(1)]
    )
    attempts_allowed = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="For a test. Leave empty for no limit.",
    )
    counts = models.CharField("which attempt counts", max_length=5, choices=Counts, default="best")
    shuffle_questions = models.BooleanField(default=False)
    shuffle_options = models.BooleanField(default=False)
    review_during = models.JSONField(default=list, blank=True)
    review_after = models.JSONField(default=list, blank=True)
    review_later = models.JSONField(default=list, blank=True)
    time_limit = models.PositiveSmallIntegerField(
        "time limit, in minutes",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_LIMIT)],
        help_text="For a test. Leave empty for no limit.",
    )

    class Meta:
        verbose_name_plural = "quizzes"
        constraints = [models.UniqueConstraint(fields=["topic", "kind"], name="one_quiz_of_a_kind")]

    def __str__(self) -> str:
        return f"{self.topic}: {self.get_kind_display()}"

    @property
    def tries_allowed(self) -> int:
        """How often an answer may be checked before it is locked."""
        return self.tries if self.behaviour == self.Behaviour.INTERACTIVE else 1

    @property
    def draws(self) -> bool:
        """Whether what it asks is decided when an attempt begins, and cannot be shown before."""
        return self.shuffle_questions or self.behaviour == self.Behaviour.MASTERY

    def clean(self) -> None:
        """A test is graded at its end; what is checked one by one is not."""
        fitting = BEHAVIOURS[Quiz.Kind(self.kind)]
        if self.behaviour not in fitting:
            allowed = ", ".join(fitting)
            said = f"The {self.get_kind_display()} can be: {allowed}."
            raise ValidationError({"behaviour": said})
        if self.kind == self.Kind.INLINE and self.shuffle_questions:
            said = "A lesson's questions keep their order: the text around them relies on it."
            raise ValidationError({"shuffle_questions": said})
        if self.mastery_right > self.mastery_of:
            said = f"Of the last {self.mastery_of} answers at most {self.mastery_of} can be right."
            raise ValidationError({"mastery_right": said})


BEHAVIOURS: dict[Quiz.Kind, tuple[Quiz.Behaviour, ...]] = {
    Quiz.Kind.INLINE: (Quiz.Behaviour.IMMEDIATE, Quiz.Behaviour.INTERACTIVE),
    Quiz.Kind.PRACTICE: (
        Quiz.Behaviour.IMMEDIATE,
        Quiz.Behaviour.INTERACTIVE,
        Quiz.Behaviour.MASTERY,
    ),
    Quiz.Kind.TEST: (Quiz.Behaviour.DEFERRED,),
}
