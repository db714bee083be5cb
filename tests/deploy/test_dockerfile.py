"""The Dockerfile: its rules, and its build stage carried out in a clean folder."""

import json
import os
import re
import secrets
import subprocess
from pathlib import Path

import pytest

from tests.deploy.compose import command
from tests.deploy.dockerfile import Replay, Stage, context_files, read_stages

BUILD, FINAL = read_stages()
ONLY_TOOLS = {"pytest", "mypy", "ruff", "djlint", "playwright"}


def variables(stage: Stage) -> set[str]:
    """What the stage leaves in the environment."""
    return {word.split("=")[0] for text in stage.all("ENV") for word in text.split()}


def test_both_stages_have_the_same_python() -> None:
    assert BUILD.base == FINAL.base == "python:3.13-slim"


def test_uv_comes_by_pip_and_everything_by_hash() -> None:
    installs = [text for text in BUILD.all("RUN") if "pip " in text]
    assert len(installs) == 2
    assert all("--require-hashes" in text for text in installs)


def test_it_does_not_run_as_root() -> None:
    users = FINAL.all("USER")
    assert users == ["10001:10001"]
    # Nothing is installed or changed after the user is: only what is started is named.
    after = FINAL.steps[[step.word for step in FINAL.steps].index("USER") + 1 :]
    assert {step.word for step in after} == {"EXPOSE", "HEALTHCHECK", "CMD"}


def test_no_secret_stays_in_it() -> None:
    kept = variables(BUILD) | variables(FINAL)
    assert not [name for name in kept if re.search("SECRET|PASSWORD|_URL|TOKEN|_KEY$", name)]
    assert not BUILD.all("ARG")
    assert not FINAL.all("ARG")


def test_it_starts_the_web_server_as_the_compose_file_does() -> None:
    assert json.loads(FINAL.all("CMD")[0]) == command("web")


def test_the_build_sees_the_project_only() -> None:
    names = {str(path) for path in context_files()}
    assert "config/settings/prod.py" in names
    assert "scripts/health.py" in names
    assert not [name for name in names if re.search(r"(^|/)\.|secret_key|sqlite|\.pyc$", name)]
    assert not [name for name in names if name.startswith(("tests/", "launcher/", "docs/"))]


def ask(built: Replay, *words: str) -> str:
    """A command of the built environment, with the values that production demands."""
    settings = {
        "DJANGO_SETTINGS_MODULE": "config.settings.prod",
        "WEIGHTWISE_SECRET_KEY": secrets.token_urlsafe(50),
        "WEIGHTWISE_ALLOWED_HOSTS": "weightwise.example",
        "WEIGHTWISE_EMAIL_URL": "dummymail://",
        "WEIGHTWISE_DATA": str(built.folder / "data"),
        "DATABASE_URL": "postgres://db/weightwise",
        "REDIS_URL": "redis://redis/0",
        "PATH": f"{built.programs}:{os.environ['PATH']}",
    }
    result = subprocess.run(
        words, cwd=built.source, env=settings, check=True, capture_output=True, text=True
    )
    return result.stdout + result.stderr


# Beside the test that runs the services, so that the stage is carried out once.
@pytest.mark.launcher
@pytest.mark.slow
@pytest.mark.timeout(180)
class TestBuilt:
    """What the build stage makes."""

    def test_every_program_that_a_service_starts_is_there(self, built: Replay) -> None:
        programs = {command(name)[0] for name in ("prepare", "web", "worker", "scheduler")}
        assert programs == {"python", "uvicorn", "celery"}
        assert all((built.programs / program).exists() for program in programs)

    def test_no_tool_of_development_is_there(self, built: Replay) -> None:
        assert not ONLY_TOOLS & {path.name for path in built.programs.iterdir()}

    def test_the_project_is_whole(self, built: Replay) -> None:
        """All apps and their addresses load from nothing but what was copied."""
        assert "no issues" in ask(built, "python", "manage.py", "check")

    def test_the_static_files_are_collected_with_their_digests(self, built: Replay) -> None:
        folder = built.source / "staticfiles"
        manifest = json.loads((folder / "staticfiles.json").read_text())
        assert manifest["paths"]
        assert all((folder / name).exists() for name in manifest["paths"].values())

    def test_what_the_final_stage_takes_over_exists(self, built: Replay) -> None:
        taken = [text.split()[1] for text in FINAL.all("COPY")]
        assert taken == ["/opt/venv", "/srv/weightwise"]
        assert (built.folder / "venv").is_dir()
        assert (built.source / "scripts" / "health.py").is_file()
        assert FINAL.all("WORKDIR") == ["/srv/weightwise"]

    def test_no_key_was_written_into_it(self, built: Replay) -> None:
        assert not list(Path(built.source).rglob("secret_key"))
