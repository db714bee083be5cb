"""What is asked, and what was answered."""

import secrets
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.functional import cached_property

from accounts.models import Learner
from authoring.models import Authored
from lessons.models import Topic
from quizzes.facts import QuestionFacts
from quizzes.models_learning import Card, LessonRead, Recall
from quizzes.models_quizzes import BEHAVIOURS, Quiz
from quizzes.models_regrading import Regrading, ScoreChange
from quizzes.waivers import validate_waivers
from training_jobs.models import Run

__all__ = [
    "BEHAVIOURS",
    "Answer",
    "Attempt",
    "Card",
    "Choice",
    "LessonRead",
    "NearMiss",
    "Question",
    "QuestionVersion",
    "Quiz",
    "Recall",
    "Regrading",
    "ScoreChange",
]


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

    class Kind(models.TextChoices):
        SINGLE = "single", "single choice"
        MULTIPLE = "multiple", "multiple choice"
        TRUE_FALSE = "true_false", "true or false"
        NUMERIC = "numeric", "a number"

    class Credit(models.TextChoices):
        ALL_OR_NOTHING = "all_or_nothing", "all or nothing"
        PROPORTIONAL = "proportional", "a share for each option judged rightly"
        CORRECT_MINUS_WRONG = "correct_minus_wrong", "right choices minus wrong ones"

    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="questions")
    slug = models.SlugField(unique=True)
    use = models.CharField("used in", max_length=8, choices=Use, default=Use.PRACTICE)
    position = models.PositiveSmallIntegerField(default=1)
    difficulty = models.CharField(max_length=6, choices=Difficulty, default=Difficulty.MEDIUM)
    tags = models.CharField(
        max_length=120, blank=True, help_text="What it is about: words-with-hyphens, by commas."
    )
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.SINGLE)
    credit = models.CharField(
        "credit rule",
        max_length=20,
        choices=Credit,
        default=Credit.ALL_OR_NOTHING,
        help_text="How a multiple choice that is partly right is credited.",
    )
    keep_order = models.BooleanField(
        "keep the options in order",
        default=False,
        help_text="They are shown in this order. Otherwise they may be shuffled.",
    )
    value = models.FloatField(
        "right number", null=True, blank=True, help_text="For a question that asks for a number."
    )
    tolerance = models.FloatField(default=0.0, help_text="How far from it is still right.")
    unit = models.CharField(max_length=20, blank=True, help_text="Shown after the number.")
    stem = models.TextField(help_text="The question itself. Markdown.")
    hint = models.TextField(blank=True, help_text="May be opened before answering. Markdown.")
    steps = models.TextField("worked steps", blank=True, help_text="Markdown.")
    answer = models.TextField("final answer", blank=True, help_text="One sentence. Markdown.")
    quick_check = models.TextField(blank=True, help_text="One line. Markdown.")
    watch = models.TextField(blank=True, help_text="What in the topic’s run bears on this.")
    waived = models.TextField(
        "warnings to let stand",
        blank=True,
        validators=[validate_waivers],
        help_text="A line “code: reason” for each warning that does not hold here.",
    )
    version = models.ForeignKey(
        "QuestionVersion", on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )

    class Meta:
        ordering = ["topic", "use", "position", "slug"]
        permissions = [("regrade_question", "Can grade attempts again by a corrected key")]

    def __str__(self) -> str:
        return self.slug


class Choice(models.Model):
    """One option of a question that an author works on."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="choices")
    ident = models.CharField(max_length=12, default=new_choice_id, editable=False)
    position = models.PositiveSmallIntegerField(default=1)
    text = models.TextField(help_text="Markdown.")
    correct = models.BooleanField("right", default=False)
    pin_last = models.BooleanField(
        "always last",
        default=False,
        help_text="Stays below the shuffled options, as “all of the above” has to.",
    )
    mistake = models.TextField(blank=True, help_text="The mistake that leads here. Markdown.")
    feedback = models.TextField(blank=True, help_text="Why this one is right. Markdown.")

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["question", "ident"], name="one_choice_per_ident")
        ]

    def __str__(self) -> str:
        return self.text


class NearMiss(models.Model):
    """A wrong number that many will give to a numeric question, and the mistake behind it."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="near_misses")
    value = models.FloatField()
    tolerance = models.FloatField(default=0.0)
    mistake = models.TextField(help_text="The mistake that leads here. Markdown.")

    class Meta:
        ordering = ["value", "id"]
        verbose_name_plural = "near misses"

    def __str__(self) -> str:
        return str(self.value)


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

    @cached_property
    def facts(self) -> QuestionFacts:
        return QuestionFacts.from_json(self.content)


class Attempt(models.Model):
    """One learner's go at a quiz. Its questions and their order are frozen at the start.

    Its states and what moves them: `quizzes.lifecycle`. `score` is the sum of its answers' credit.
    `number` tells which of its learner's attempts at this quiz it is, from 1, void ones left out.
    `by_staff` says that a member of the staff tried the quiz out; it stays when the learner joins
    or leaves the staff later. No figure about learners counts such an attempt. `draft` is what was
    typed for its run while it was open, and `draft_seq` the save that it came with:
    `quizzes.drafts`.
    """

    class State(models.TextChoices):
        OPEN = "open", "open"
        FINISHED = "finished", "finished"
        VOID = "void", "void"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # The index for statistics, below, serves its look-ups too.
    quiz = models.ForeignKey(
        Quiz, on_delete=models.CASCADE, related_name="attempts", db_index=False
    )
    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="attempts")
    number = models.PositiveIntegerField(default=1, editable=False)
    by_staff = models.BooleanField("tried out by staff", default=False, editable=False)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    score = models.FloatField(null=True, blank=True)
    run = models.ForeignKey(Run, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    started_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True, editable=False)
    finished_at = models.DateTimeField(null=True, blank=True)
    timed_out = models.BooleanField("ended by the clock", default=False, editable=False)
    draft = models.JSONField(default=dict, blank=True, editable=False)
    draft_seq = models.PositiveIntegerField(default=0, editable=False)
    void_reason = models.CharField(max_length=300, blank=True, editable=False)
    voided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False
    )

    class Meta:
        ordering = ["-started_at"]
        permissions = [("void_attempt", "Can declare that an attempt does not count")]
        constraints = [
            models.UniqueConstraint(
                fields=["quiz", "learner"], condition=Q(state="open"), name="one_open_attempt"
            )
        ]
        # Statistics read a million rows from this index and the answers', without their tables.
        indexes = [
            models.Index(
                fields=["quiz", "state", "by_staff", "number", "id", "score"],
                name="counted_attempt_scores",
            ),
            # The admin's list, newest first.
            models.Index(fields=["-started_at", "-id"], name="latest_attempts"),
        ]

    def __str__(self) -> str:
        return f"{self.quiz} by {self.learner}"

    def get_absolute_url(self) -> str:
        return reverse("attempt", args=[self.id])

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def is_void(self) -> bool:
        return self.state == self.State.VOID


class Answer(models.Model):
    """A learner's answer to one question of an attempt; made empty when the attempt starts.

    `order` is the order in which the options are shown; `response` the ids chosen, or the number as
    it was typed; `correct` is None until the answer is checked, and from then on the response is
    locked. `credit` is from 0 to 1; `tries` counts the checks; a `flagged` one is to be looked at
    again before the end. `version` is what the learner saw;
    `graded_by` the version whose key has graded it since, when that is a corrected one. `seconds`
    is how long the question was looked at, as far as its page could tell; None where it could not.
    """

    # The constraint's index, below, serves its look-ups too.
    attempt = models.ForeignKey(
        Attempt, on_delete=models.CASCADE, related_name="answers", db_index=False
    )
    position = models.PositiveSmallIntegerField()
    version = models.ForeignKey(QuestionVersion, on_delete=models.PROTECT, related_name="answers")
    order = models.JSONField()
    response = models.JSONField(default=list, blank=True)
    seq = models.PositiveIntegerField(default=0)
    correct = models.BooleanField(null=True, blank=True)
    credit = models.FloatField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    flagged = models.BooleanField(default=False)
    graded_by = models.ForeignKey(
        QuestionVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="regraded"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    seconds = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["attempt", "position"]
        constraints = [
            models.UniqueConstraint(fields=["attempt", "position"], name="one_answer_per_question")
        ]
        indexes = [
            models.Index(fields=["attempt", "version", "credit", "seconds"], name="answer_credits")
        ]

    def __str__(self) -> str:
        return f"answer to question {self.position}"

    @property
    def is_locked(self) -> bool:
        return self.correct is not None
