"""A checkpoint cannot be written."""

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from tests.faults import house
from tests.faults.house import Broker, ask, ended, epochs_kept
from training_jobs import checkpoint_files

pytestmark = [pytest.mark.launcher, pytest.mark.slow, pytest.mark.engine]

FULL_DISK = """
import errno, os

def full(descriptor):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

os.fsync = full
"""


def test_a_full_disk_costs_the_checkpoints_and_not_the_run(
    own_broker: Broker, tmp_path: Path, settings: Settings
) -> None:
    # Python runs this at its start; SQLite, which is not written in it, still has a disk.
    (tmp_path / "sitecustomize.py").write_text(FULL_DISK)
    # A folder of its own: tests of other processes have checkpoints half written in the common one.
    settings.WEIGHTWISE_CHECKPOINTS = tmp_path / "checkpoints"
    own = {
        "PYTHONPATH": tmp_path,
        "WEIGHTWISE_DATA": tmp_path,
        "WEIGHTWISE_DATASETS": settings.WEIGHTWISE_DATASETS,
    }
    url = own_broker.url
    with house.sweep(url, **own), house.trainer(url, "full", **own) as worker:
        run = ask()
        history = ended(run)
        output = worker.process.output()
    assert history.run.state == "succeeded", history.run.reason
    assert history.run.worker == worker.name
    assert epochs_kept(run) == 0
    assert "checkpoint_not_kept" in output
    assert not checkpoint_files.path_of(run.id).exists()
    assert list(checkpoint_files.folder().glob("*.part")) == []
