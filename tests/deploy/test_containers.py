"""What `make containers` makes where images cannot be pulled, and adds to the compose file."""

import yaml

from tests.containers.bases import FILES, STAND_INS
from tests.containers.engine import HERE
from tests.containers.site import DOCUMENTED, code_block
from tests.deploy.compose import OURS, services
from tests.deploy.dockerfile import read_stages


def test_a_stand_in_is_there_for_every_image_that_is_pulled() -> None:
    stages = read_stages()
    pulled = {stage.base for stage in stages.values()} - set(stages)
    pulled |= {service["image"] for name, service in services().items() if name not in OURS}
    assert set(STAND_INS) == pulled
    assert all((FILES / containerfile).is_file() for containerfile in STAND_INS.values())


def test_nothing_is_added_to_the_compose_file_but_a_limit() -> None:
    added = yaml.safe_load((HERE / "podman.compose.yml").read_text())
    limit = {"ulimits": {"nproc": 4000}}
    assert added == {"services": dict.fromkeys(services(), limit)}


def test_backup_and_restore_are_documented_as_commands_that_can_be_tried() -> None:
    backup, restore = (code_block("Backup and restore", number) for number in (0, 1))
    assert f"{DOCUMENTED} exec -T db" in backup
    assert "pg_dump" in backup
    assert restore.count(DOCUMENTED) == 3
    assert "pg_restore" in restore
