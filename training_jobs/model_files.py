"""Where a trained network lies as a file: the worker writes it, the web only sends it."""

from pathlib import Path
from uuid import UUID

from django.conf import settings


def model_file(run_id: UUID) -> Path:
    """The `.keras` file of a run, beside its last checkpoint; it may be missing."""
    return Path(settings.WEIGHTWISE_CHECKPOINTS) / f"{run_id}.keras"
