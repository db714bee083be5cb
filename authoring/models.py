"""What every authored row has: a state, a revision, and the memory of who wrote it last."""

from django.conf import settings
from django.db import models


class State(models.TextChoices):
    DRAFT = "draft", "draft"
    PUBLISHED = "published", "published"


class Revisioned(models.Model):
    """A row that several people edit; its revision reveals pages that are out of date.

    `authoring.revisions` writes these fields, and the admin when it adds a row. `saved_by` is None
    if the row was loaded from the course's files.
    """

    revision = models.PositiveIntegerField(default=1, editable=False)
    saved_at = models.DateTimeField(null=True, blank=True, editable=False)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )

    class Meta:
        abstract = True


class Authored(Revisioned):
    """A row that the course's files seed and that a teacher may then take over.

    `edited_at` is set when a person saves the row in the admin; from then on the loader leaves it
    as it is, even if the file changes.
    """

    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    source_digest = models.CharField(max_length=64, blank=True, editable=False)
    edited_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    @property
    def is_published(self) -> bool:
        return self.state == State.PUBLISHED
