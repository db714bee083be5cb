"""What is asked, and what was answered."""

import secrets
import uuid

from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import Learner
from authoring.models import Authored
from lessons.models import Topic
from quizzes.facts import QuestionFacts
from training_jobs.models import Run


def new_choice_id() -> str:
    """Six random hexadecimal characters: says nothing about the option."""
    return secrets.token_hex(3)


class Question(Authored):
    """A question of a topic's bank as its author works on it.

    Students never see this row: publishing freezes it into a QuestionVersion, and they see that.
    """

    class Use(models.TextChoices):
        PRACTICE = "practice", "practice set and test"
        INLINE = "inline", "inside the lesson, and test"
        BANK = "bank", "test only"

    class Difficulty(models.TextChoices):
        EASY = "easy", "easy"
        MEDIUM = "medium", "medium"
        HARD = "hard", "hard"

    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="questions")
    slug = models.SlugField(unique=True)
    use = models.CharField("used in", max_length=8, choices=Use, default=Use.PRACTICE)
    position = models.PositiveSmallIntegerField(default=1)
    difficulty = models.CharField(max_length=6, choices=Difficulty, default=Difficulty.MEDIUM)
    stem = models.TextField(help_text="The question itself. Markdown.")
    hint = models.TextField(blank=True, help_text="May be opened before answering. Markdown.")
    steps = models.TextField("worked steps", blank=True, help_text="Markdown.")
    answer = models.TextField("final answer", blank=True, help_text="One sentence. Markdown.")
    quick_check = models.TextField(blank=True, help_text="One line. Markdown.")
    watch = models.TextField(blank=True, help_text="What in the topic’s run bears on this.")
    version = models.ForeignKey(
        "QuestionVersion", on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )

    class Meta:
        ordering = ["topic", "use", "position", "slug"]

    def __str__(self) -> str:
        return self.slug


class Choice(models.Model):
    """One option of a question that an author works on."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="choices")
    ident = models.CharField(max_length=12, default=new_choice_id, editable=False)
    position = models.PositiveSmallIntegerField(default=1)
    text = models.TextField(help_text="Markdown.")
    correct = models.BooleanField("right", default=False)
    mistake = models.TextField(blank=True, help_text="The mistake that leads here. Markdown.")

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["question", "ident"], name="one_choice_per_ident")
        ]

    def __str__(self) -> str:
        return self.text


class QuestionVersion(models.Model):
    """A question as it was published; never changed afterwards."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    content = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["question", "number"], name="one_version_per_number")
        ]

    def __str__(self) -> str:
        return f"{self.question} v{self.number}"

    @property
    def facts(self) -> QuestionFacts:
        return QuestionFacts.from_json(self.content)


class Quiz(models.Model):
    """A topic's inline quiz, practice set or test."""

    class Kind(models.TextChoices):
        INLINE = "inline", "inline quiz"
        PRACTICE = "practice", "practice"
        TEST = "test", "test"

    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="quizzes")
    kind = models.CharField(max_length=8, choices=Kind)

    class Meta:
        verbose_name_plural = "quizzes"
        constraints = [models.UniqueConstraint(fields=["topic", "kind"], name="one_quiz_of_a_kind")]

    def __str__(self) -> str:
        return f"{self.topic}: {self.get_kind_display()}"


class Attempt(models.Model):
    """One learner's go at a quiz. Its questions and their order are frozen at the start."""

    class State(models.TextChoices):
        OPEN = "open", "open"
        FINISHED = "finished", "finished"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    quiz = models.ForeignKey(Quiz, on_delete=models.CASCADE, related_name="attempts")
    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="attempts")
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    score = models.FloatField(null=True, blank=True)
    run = models.ForeignKey(Run, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-started_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["quiz", "learner"], condition=Q(state="open"), name="one_open_attempt"
            )
        ]

    def __str__(self) -> str:
        return f"{self.quiz} by {self.learner}"

    def get_absolute_url(self) -> str:
        return reverse("attempt", args=[self.id])

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN


class Answer(models.Model):
    """A learner's answer to one question of an attempt; made empty when the attempt starts.

    `order` is the order in which the options are shown; `response` the ids chosen; `correct` is
    None until the answer is checked, and from then on the response is locked.
    """

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="answers")
    position = models.PositiveSmallIntegerField()
    version = models.ForeignKey(QuestionVersion, on_delete=models.PROTECT, related_name="answers")
    order = models.JSONField()
    response = models.JSONField(default=list, blank=True)
    seq = models.PositiveIntegerField(default=0)
    correct = models.BooleanField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["attempt", "position"]
        constraints = [
            models.UniqueConstraint(fields=["attempt", "position"], name="one_answer_per_question")
        ]

    def __str__(self) -> str:
        return f"question {self.position} of {self.attempt_id}"

    @property
    def is_locked(self) -> bool:
        return self.correct is not None
