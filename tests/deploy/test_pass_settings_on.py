"""What operators set reaches the processes: from the documentation to the settings."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.deploy.compose import FILE, OURS, VARIABLE, environment
from tests.servers import ROOT

OPERATIONS = (ROOT / "docs" / "operations.md").read_text()
NAME = re.compile(r"\bWEIGHTWISE_[A-Z_]+\b|\bDATABASE_URL\b|\bREDIS_URL\b")
READ = re.compile(rf'"({NAME.pattern})"')
# The launcher stands for `make run`, where processes inherit the variables.
PACKAGES = "config accounts authoring database lessons quizzes throttling training_jobs scripts"
# Paths and formats that the images settle.
SETTLED = {"WEIGHTWISE_DATA": "/data", "WEIGHTWISE_LOG_FORMAT": "json"}
# Data sets are in the volume, below WEIGHTWISE_DATA: no other path exists in a container.
OF_ONE_MACHINE = {"WEIGHTWISE_DATASETS"}
GIVEN = {
    "WEIGHTWISE_ALLOWED_HOSTS": "learn.example.org",
    "WEIGHTWISE_CSRF_TRUSTED_ORIGINS": "https://learn.example.org",
}
SHOW = """
from django.conf import settings
for name in sorted(dir(settings)):
    if isinstance(getattr(settings, name), int | float):
        print(name, getattr(settings, name))
"""


def modules() -> list[Path]:
    return [path for package in PACKAGES.split() for path in (ROOT / package).rglob("*.py")]


def variables() -> list[str]:
    """Those that the platform's processes read."""
    found = {name for path in modules() for name in READ.findall(path.read_text())}
    return sorted(found - OF_ONE_MACHINE)


def in_compose() -> list[str]:
    return sorted({match[1] for match in VARIABLE.finditer(FILE.read_text())})


def passed(values: dict[str, str], service: str = "web") -> dict[str, str]:
    return environment(service, GIVEN | values, Path("/run/secrets"))


@pytest.mark.parametrize("service", OURS)
def test_every_variable_reaches_every_service(service: str) -> None:
    found = passed({name: f"own {name}" for name in variables()}, service)
    for name in variables():
        if f"{name}_FILE" in found:
            assert found[f"{name}_FILE"].startswith("/run/secrets/")
        else:
            assert found.get(name) == SETTLED.get(name, f"own {name}")


def test_every_variable_is_documented() -> None:
    documented = {name.removesuffix("_FILE") for name in NAME.findall(OPERATIONS)}
    assert {*variables(), *in_compose()} <= documented


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    values = {
        "database_url": "sqlite:///nowhere.sqlite3",
        "redis_url": "redis://127.0.0.1:1/0",
        "secret_key": "x" * 50,
        "email_url": "consolemail://",
    }
    for name, value in values.items():
        (tmp_path / name).write_text(f"{value}\n")
    return tmp_path


def settings_in(secrets: Path, given: dict[str, str]) -> dict[str, str]:
    """What a process of the compose file has as its settings, as texts."""
    env = environment("web", GIVEN | given, secrets)
    env["WEIGHTWISE_DATA"] = str(secrets)
    done = subprocess.run(
        [sys.executable, "-c", SHOW], env=env, cwd=ROOT, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return dict(line.split(" ", 1) for line in done.stdout.splitlines())


def test_what_is_not_set_has_its_default(secrets: Path) -> None:
    """Empty is not zero, nor no: staff need their second step, and guests may train."""
    found = settings_in(secrets, {})
    assert found["STAFF_NEED_SECOND_STEP"] == "True"
    assert found["SECURE_SSL_REDIRECT"] == "True"
    assert found["GUEST_RUNS_AN_HOUR"] == "20"
    assert found["SESSION_IDLE_SECONDS"] == "14400"
    assert found["SWEEP_SECONDS"] == "2.0"


def test_what_is_set_is_the_setting(secrets: Path) -> None:
    given = {
        "WEIGHTWISE_STAFF_NEED_SECOND_STEP": "false",
        "WEIGHTWISE_GUEST_RUNS_AN_HOUR": "50",
        "WEIGHTWISE_IDLE_SIGN_OUT_SECONDS": "600",
        "WEIGHTWISE_RUN_MEMORY_MEGABYTES": "2000",
    }
    found = settings_in(secrets, given)
    assert found["STAFF_NEED_SECOND_STEP"] == "False"
    assert found["GUEST_RUNS_AN_HOUR"] == "50"
    assert found["SESSION_IDLE_SECONDS"] == "600"
    assert found["RUN_MEMORY_MEGABYTES"] == "2000"


def test_every_nginx_example_sets_the_headers_that_are_asked_for() -> None:
    """Without the visitor's address all visitors would share the proxy's limits."""
    examples = re.findall(r"```nginx\n(.*?)```", OPERATIONS, re.DOTALL)
    passing_on = [example for example in examples if "proxy_pass" in example]
    assert passing_on
    for example in passing_on:
        assert "proxy_set_header Host $host;" in example
        assert "proxy_set_header X-Forwarded-Proto https;" in example
        assert "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;" in example
