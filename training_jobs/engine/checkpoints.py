"""A training's whole state after an epoch: what a run resumes from, and what is downloaded.

No pickle: an archive of arrays (numpy's npz), read with `allow_pickle=False`.
"""

import io
import json
import zipfile
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training_jobs.engine.library import tf
from training_jobs.engine.programs import Program
from training_jobs.engine.progress import CheckpointReport


class CheckpointError(ValueError):
    """These bytes are no checkpoint that this process can go on from."""


@dataclass(frozen=True)
class Checkpoint(CheckpointReport):
    """Weights, the optimizer's state, and how far the training had come.

    Restoring it and going on ends with the very weights of an undisturbed training, as long as the
    version of TensorFlow is the same.
    """

    weights: tuple[NDArray[Any], ...] = ()
    optimizer: tuple[NDArray[Any], ...] = ()
    tensorflow: str = ""

    @classmethod
    def of(cls, program: Program, epoch: int, step: int, seconds: float) -> "Checkpoint":
        """The state of `program` now."""
        return cls(
            epoch=epoch,
            step=step,
            seconds=seconds,
            weights=tuple(variable.numpy() for variable in program.model.variables),
            optimizer=tuple(variable.numpy() for variable in program.optimizer.variables),
            tensorflow=str(tf.__version__),
        )

    def restore(self, program: Program) -> None:
        """Puts `program` into this state; raises CheckpointError when it does not fit."""
        for variables, values in (
            (program.model.variables, self.weights),
            (program.optimizer.variables, self.optimizer),
        ):
            if [tuple(v.shape) for v in variables] != [value.shape for value in values]:
                raise CheckpointError("The checkpoint is of another network.")
            for variable, value in zip(variables, values, strict=True):
                variable.assign(value)

    def to_bytes(self) -> bytes:
        facts = {
            "epoch": self.epoch,
            "step": self.step,
            "seconds": self.seconds,
            "tensorflow": self.tensorflow,
        }
        arrays = {
            "facts": np.frombuffer(json.dumps(facts).encode(), dtype=np.uint8),
            **{f"weights_{number}": value for number, value in enumerate(self.weights)},
            **{f"optimizer_{number}": value for number, value in enumerate(self.optimizer)},
        }
        packed = io.BytesIO()
        np.savez(packed, **arrays)  # type: ignore[arg-type]  # the stub takes only allow_pickle
        return packed.getvalue()

    @classmethod
    def from_bytes(cls, packed: bytes) -> "Checkpoint":
        """Reads what `to_bytes` wrote; raises CheckpointError for anything else."""
        try:
            with np.load(io.BytesIO(packed), allow_pickle=False) as archive:
                facts = json.loads(archive["facts"].tobytes())
                return cls(
                    weights=_numbered(archive, "weights"),
                    optimizer=_numbered(archive, "optimizer"),
                    **facts,
                )
        except (OSError, KeyError, ValueError, TypeError, zipfile.BadZipFile, EOFError) as error:
            raise CheckpointError(f"The checkpoint cannot be read: {error}") from error


def _numbered(archive: Any, kind: str) -> tuple[NDArray[Any], ...]:
    count = sum(name.startswith(f"{kind}_") for name in archive.files)
    return tuple(archive[f"{kind}_{number}"] for number in range(count))
