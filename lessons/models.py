"""What is read: tracks of topics, and each topic in one or more modes."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse

from authoring.models import Authored, State
from authoring.rendering import render_short
from lessons import rendering
from lessons.modes import MODES, Mode
from training_jobs.models import Experiment


class Track(Authored):
    """A sequence of topics."""

    slug = models.SlugField(unique=True)
    title = models.CharField(max_length=120)
    summary = models.TextField()
    position = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering = ["position", "slug"]

    def __str__(self) -> str:
        return self.title


class Topic(Authored):
    """One subject; its result pages train `experiment`."""

    track = models.ForeignKey(Track, on_delete=models.PROTECT, related_name="topics")
    slug = models.SlugField(unique=True)
    title = models.CharField(max_length=120)
    summary = models.TextField()
    position = models.PositiveSmallIntegerField(default=1)
    experiment = models.ForeignKey(Experiment, on_delete=models.PROTECT, related_name="topics")

    class Meta:
        ordering = ["position", "slug"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("topic", args=[self.slug])

    @property
    def is_offered(self) -> bool:
        """Whether there are pages of it: it is published, and so is its track."""
        return self.is_published and self.track.is_published

    def clean(self) -> None:
        """Refuses to publish a topic whose result pages would have nothing to train."""
        if self.is_published and self.experiment_id and not self.experiment.is_published:
            raise ValidationError(
                {"experiment": f"“{self.experiment}” is a draft: publish it before this topic."}
            )


class Lesson(Authored):
    """A topic in one mode. `source` is Markdown with blocks; `blocks` is made from it on saving."""

    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="lessons")
    mode = models.CharField(
        max_length=12, choices=[(mode.slug, mode.name) for mode in MODES.values()]
    )
    title = models.CharField(max_length=120)
    summary = models.CharField(max_length=300)
    minutes = models.PositiveSmallIntegerField(help_text="Estimated reading time.")
    source = models.TextField(help_text="Markdown with blocks.")
    key_insight = models.TextField(help_text="Markdown; shown after the inline quiz.")
    blocks = models.JSONField(editable=False, default=list)
    key_insight_html = models.TextField(editable=False)

    class Meta:
        ordering = ["topic", "mode"]
        constraints = [
            models.UniqueConstraint(fields=["topic", "mode"], name="one_lesson_per_topic_and_mode")
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.get_mode_display()})"

    def get_absolute_url(self) -> str:
        return reverse("lesson", args=[self.topic.slug, self.mode])

    @property
    def about(self) -> Mode:
        return MODES[self.mode]

    def clean(self) -> None:
        """Refuses a source that names an unknown block, experiment or figure, with its line."""
        try:
            parsed = rendering.parse(self.source)
        except rendering.SourceError as error:
            raise ValidationError({"source": str(error)}) from error
        named = rendering.experiments_in(parsed)
        wanted = {"state": State.PUBLISHED} if self.is_published else {}
        usable = Experiment.objects.filter(slug__in=named, **wanted)
        if missing := sorted(named - set(usable.values_list("slug", flat=True))):
            kind = "published experiment" if self.is_published else "experiment"
            known = Experiment.objects.filter(**wanted).order_by("slug")
            there = ", ".join(known.values_list("slug", flat=True))
            raise ValidationError(
                {
                    "source": [
                        f"Line {rendering.line_naming(self.source, slug)}: there is no {kind}"
                        f" {slug}; there are: {there or 'none'}."
                        for slug in missing
                    ]
                }
            )

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.blocks = rendering.parse(self.source)
        self.key_insight_html = render_short(self.key_insight)
        super().save(*args, **kwargs)
