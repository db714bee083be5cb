"""The Dockerfile: its rules, and what its images are made of, carried out in a clean folder."""

import json
import os
import re
import secrets
import subprocess
from pathlib import Path

import pytest

from tests.deploy.compose import OURS, command, services
from tests.deploy.dockerfile import Replay, Stage, context_files, read_stages, steps_of
from tests.servers import ROOT

STAGES = read_stages()
TARGETS = ("web", "worker")
TRAINING = ["tensorflow", "keras", "sklearn", "scipy", "numpy"]
ONLY_TOOLS = {"pytest", "mypy", "ruff", "djlint", "playwright"}


def variables(stage: Stage) -> set[str]:
    """What the stage leaves in the environment."""
    return {word.split("=")[0] for text in stage.all("ENV") for word in text.split()}


def test_all_stages_have_the_same_python() -> None:
    bases = {stage.base for stage in STAGES.values()} - set(STAGES)
    assert bases == {"python:3.13-slim"}


def test_uv_comes_by_pip_and_everything_by_hash() -> None:
    runs = [text for stage in STAGES.values() for text in stage.all("RUN")]
    installs = [text for text in runs if "pip " in text]
    assert len(installs) == 3
    assert all("--require-hashes" in text for text in installs)


def test_packages_are_compiled_and_no_link_leads_out_of_the_image() -> None:
    assert "UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy" in STAGES["tools"].all("ENV")[0]


@pytest.mark.parametrize("target", TARGETS)
def test_each_image_has_the_packages_of_its_own_lock(target: str) -> None:
    taken = [text for text in STAGES[target].all("COPY") if "/opt/venv" in text]
    assert taken == [f"--from={target}-packages /opt/venv /opt/venv"]
    synced = [step.text for step in steps_of(f"{target}-packages") if "uv pip sync" in step.text]
    assert len(synced) == 1
    assert synced[0].endswith(f" requirements-{target}.lock")


def test_only_what_trains_has_the_image_with_tensorflow() -> None:
    targets = {name: services()[name]["build"]["target"] for name in OURS}
    assert targets == {"prepare": "web", "web": "web", "worker": "worker", "scheduler": "web"}
    for name, target in targets.items():
        assert services()[name]["image"].startswith(f"weightwise-{target}:")


def test_the_web_image_is_built_where_no_target_is_named() -> None:
    assert list(STAGES)[-1] == "web"


@pytest.mark.parametrize("target", TARGETS)
def test_it_does_not_run_as_root(target: str) -> None:
    steps = STAGES[target].steps
    assert STAGES[target].all("USER") == ["10001:10001"]
    # Nothing is installed or changed after the user is: only what is started is named.
    after = {step.word for step in steps[[step.word for step in steps].index("USER") + 1 :]}
    assert {"HEALTHCHECK", "CMD"} <= after <= {"EXPOSE", "HEALTHCHECK", "CMD"}


def test_no_secret_stays_in_it() -> None:
    kept = {name for stage in STAGES.values() for name in variables(stage)}
    assert not [name for name in kept if re.search("SECRET|PASSWORD|_URL|TOKEN|_KEY$", name)]
    assert not [stage.name for stage in STAGES.values() if stage.all("ARG")]


@pytest.mark.parametrize("target", TARGETS)
def test_it_starts_and_asks_for_health_as_the_compose_file_does(target: str) -> None:
    stage = STAGES[target]
    assert json.loads(stage.all("CMD")[0]) == command(target)
    asked = json.loads(stage.all("HEALTHCHECK")[0].split(" CMD ")[1])
    assert ["CMD", *asked] == services()[target]["healthcheck"]["test"]


def test_the_build_sees_the_project_only() -> None:
    names = {str(path) for path in context_files()}
    assert "config/settings/prod.py" in names
    assert "scripts/health.py" in names
    assert not [name for name in names if re.search(r"(^|/)\.|secret_key|sqlite|\.pyc$", name)]
    assert not [name for name in names if name.startswith(("tests/", "launcher/", "docs/"))]


def test_the_build_sees_every_package_that_serves() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    seen = {path.parts[0] for path in context_files() if len(path.parts) > 1}
    assert packages - {"benchmarks", "launcher", "scripts", "tests"} <= seen


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


@pytest.mark.launcher
@pytest.mark.slow
class TestBuilt:
    """What the images are made of."""

    def test_every_program_that_a_service_starts_is_there(
        self, built: Replay, built_worker: Replay
    ) -> None:
        places = {"web": built.programs, "worker": built_worker.programs}
        for name in OURS:
            target = services()[name]["build"]["target"]
            assert (places[target] / command(name)[0]).exists()

    def test_no_tool_of_development_is_there(self, built: Replay, built_worker: Replay) -> None:
        for programs in (built.programs, built_worker.programs):
            assert not ONLY_TOOLS & {path.name for path in programs.iterdir()}

    def test_nothing_that_trains_is_in_the_web_image(
        self, built: Replay, built_worker: Replay
    ) -> None:
        program = f"import importlib.util as u; print(*filter(u.find_spec, {TRAINING}))"
        assert ask(built, "python", "-c", program).split() == []
        python = [str(built_worker.programs / "python"), "-c", program]
        assert subprocess.check_output(python, text=True).split() == TRAINING

    def test_the_project_is_whole(self, built: Replay) -> None:
        """All apps and their addresses load from nothing but what was copied."""
        assert "no issues" in ask(built, "python", "manage.py", "check")

    def test_the_static_files_are_collected_with_their_digests(self, built: Replay) -> None:
        folder = built.source / "staticfiles"
        manifest = json.loads((folder / "staticfiles.json").read_text())
        assert manifest["paths"]
        assert all((folder / name).exists() for name in manifest["paths"].values())

    def test_what_the_final_stage_takes_over_exists(self, built: Replay) -> None:
        for target in TARGETS:
            taken = [text.split()[1] for text in STAGES[target].all("COPY")]
            assert taken == ["/opt/venv", "/srv/weightwise"]
        assert (built.folder / "venv").is_dir()
        assert (built.source / "scripts" / "health.py").is_file()
        assert STAGES["base"].all("WORKDIR") == ["/srv/weightwise"]

    def test_no_key_was_written_into_it(self, built: Replay) -> None:
        assert not list(Path(built.source).rglob("secret_key"))
