"""Checkpoints as files in one folder: written whole or not at all, read only when whole.

A file is written under another name first. It gets its own name when the database says that the
writer still holds the run, so a worker that was taken for dead never replaces a newer file.
"""

import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from uuid import UUID

from django.conf import settings

SUFFIX = ".npz"
UNFINISHED = ".part"


@dataclass(frozen=True)
class Draft:
    """A file that lies on the disk in full, and not yet under its own name."""

    written: Path
    place: Path
    digest: str

    def settle(self) -> None:
        """Gives the file its name, in one step; what had that name before is gone."""
        self.written.replace(self.place)

    def discard(self) -> None:
        """Removes the file if it still is a draft."""
        self.written.unlink(missing_ok=True)


def folder() -> Path:
    """Where checkpoints lie; every worker has to see the same one to go on with another's run."""
    return Path(settings.WEIGHTWISE_CHECKPOINTS)


def path_of(run_id: UUID) -> Path:
    return folder() / f"{run_id}{SUFFIX}"


def draft(run_id: UUID, packed: bytes) -> Draft:
    """Writes a checkpoint to the disk; raises OSError, and leaves nothing, when it does not fit."""
    folder().mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=folder(), suffix=UNFINISHED, delete=False) as file:
        written = Path(file.name)
        try:
            file.write(packed)
            file.flush()
            os.fsync(file.fileno())  # or the name may survive a power cut, and the content not
        except OSError:
            # Closing tries to write the rest once more, and fails once more.
            with suppress(OSError):
                file.close()
            written.unlink()
            raise
    return Draft(written, path_of(run_id), hashlib.sha256(packed).hexdigest())


def read(run_id: UUID, digest: str) -> bytes | None:
    """The checkpoint with this sha256; None when the file is missing, cut off or another one."""
    try:
        packed = path_of(run_id).read_bytes()
    except OSError:
        return None
    return packed if hashlib.sha256(packed).hexdigest() == digest else None
