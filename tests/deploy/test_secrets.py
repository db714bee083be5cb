"""scripts/make-secrets.sh, which makes what docker-compose.yml mounts."""

import stat
import subprocess
from pathlib import Path

from tests.deploy.compose import read
from tests.patience import LAST_RESORT
from tests.servers import ROOT

SCRIPT = ROOT / "scripts" / "make-secrets.sh"
MAIL = "smtp+tls://post:office@mail.example:587"


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the script."""
    command = [str(SCRIPT), str(folder), *arguments]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=LAST_RESORT)


def test_it_makes_every_secret_of_the_compose_file(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    assert make(folder, MAIL).returncode == 0
    assert {path.name for path in folder.iterdir()} == set(read()["secrets"])


def test_the_addresses_hold_the_passwords(tmp_path: Path) -> None:
    make(tmp_path, MAIL)
    secret = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert secret["database_url"] == (
        f"postgres://weightwise:{secret['database_password']}@db:5432/weightwise"
    )
    assert secret["redis_url"] == f"redis://:{secret['redis_password']}@redis:6379/0"
    assert secret["email_url"] == MAIL
    assert (
        len({secret[name] for name in ("secret_key", "database_password", "redis_password")}) == 3
    )
    assert all(len(secret[name]) == 50 for name in ("secret_key", "redis_password"))
    assert not [value for value in secret.values() if value != value.strip()]


def test_a_second_run_changes_nothing(tmp_path: Path) -> None:
    make(tmp_path, MAIL)
    before = {path.name: path.read_text() for path in tmp_path.iterdir()}
    make(tmp_path, "smtp://another.example")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == before


def test_the_folder_keeps_others_out_and_the_containers_user_can_read(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    make(folder, MAIL)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o444}


def test_without_arguments_it_says_how_to_use_it(tmp_path: Path) -> None:
    result = make(tmp_path)
    assert result.returncode == 2
    assert "Usage: scripts/make-secrets.sh FOLDER EMAIL_URL" in result.stderr
