"""`make run` on a machine that is set up for other work, in folders with awkward names."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.launcher.helpers import environment, launched, wait_until_none
from tests.launcher.test_make_run import MAKE_RUN
from tests.platform.visitor import Visitor
from tests.servers import ROOT

pytestmark = [pytest.mark.launcher, pytest.mark.engine, pytest.mark.slow]

AWKWARD = "a b#c?d%20e+ü&'f$"
# What shells, package managers and other projects export: each would steer a part of ours.
FOREIGN = {
    "HOST": "x86_64-conda-linux-gnu",
    "BASH_ENV": "/nowhere/bashrc",
    "CDPATH": "/",
    "BROKER_URL": "redis://127.0.0.1:1/0",
    "CELERY_BROKER_URL": "redis://127.0.0.1:1/0",
    "CELERY_CONFIG_MODULE": "other.celeryconfig",
    "CELERY_CUSTOM_WORKER_POOL": "other:Pool",
    "CELERY_LOADER": "other.loader",
    "CELERY_WORKER_QUEUES": "other",
    "CONFIG_MODULE": "other.celeryconfig",
    "DJANGO_SETTINGS_MODULE": "other.settings",
    "EMAIL_URL": "nonsense",
    "FORWARDED_ALLOW_IPS": "*",
    "KERAS_BACKEND": "jax",
    "KERAS_MAX_STEPS_PER_EPOCH": "1",
    "LC_ALL": "C",
    "LOADER": "other.loader",
    "OMP_NUM_THREADS": "many",
    "PGOPTIONS": "--nonsense",
    "PIP_REQUIRE_VIRTUALENV": "1",
    "PIP_TARGET": "/nowhere",
    "PYTHONHASHSEED": "7",
    "PYTHONOPTIMIZE": "2",
    "PYTHONSAFEPATH": "1",
    "PYTHONSTARTUP": "/nowhere/startup.py",
    "PYTHONWARNINGS": "error",
    "TF_CPP_MIN_LOG_LEVEL": "0",
    "TF_XLA_FLAGS": "--no_such_flag",
    "UVICORN_RELOAD": "1",
    "UVICORN_UDS": "/nowhere/socket",
    "UVICORN_WORKERS": "3",
    "UV_SYSTEM_PYTHON": "1",
    "WEB_CONCURRENCY": "3",
    "XLA_FLAGS": "--no_such_flag",
    "http_proxy": "http://127.0.0.1:1",
    "no_proxy": "",
}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of what git knows of this checkout, with the environment that is installed."""
    if not (ROOT / ".venv" / "ready").exists():
        # As when another tool made it: then there is no stamp, and the copy would install anew.
        pytest.skip("this environment was not made by `make`")
    folder = tmp_path / AWKWARD
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_file():
            shutil.copy2(ROOT / name, target)
            os.utime(target, (0, 0))  # `make` finds nothing newer than what is installed
    for installed in (".venv", ".tools"):
        (folder / installed).symlink_to(ROOT / installed)
    return folder


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A person whose Keras is set up for another backend, and whose Python path shadows ours."""
    folder = tmp_path / "home"
    (folder / ".keras").mkdir(parents=True)
    settings = {"backend": "jax", "floatx": "float16", "epsilon": 0.1}
    settings |= {"image_data_format": "channels_first"}
    (folder / ".keras" / "keras.json").write_text(json.dumps(settings))
    for module in ("redis", "django", "celery", "sitecustomize"):
        shadow = folder / "path" / f"{module}.py"
        shadow.parent.mkdir(exist_ok=True)
        shadow.write_text("raise SystemExit('shadowed')")
    return folder


def test_it_starts_and_trains(checkout: Path, home: Path, tmp_path: Path) -> None:
    data, temporary = tmp_path / f"data {AWKWARD}", tmp_path / f"tmp {AWKWARD}"
    (data / "datasets").mkdir(parents=True)
    temporary.mkdir()
    hostile = FOREIGN | {"HOME": str(home), "TMPDIR": str(temporary)}
    hostile |= {"PYTHONPATH": str(home / "path")}
    environ = environment(data, **hostile)
    environ = {name: value for name, value in environ.items() if not name.startswith("MAKE")}
    with launched(environ, MAKE_RUN, cwd=checkout) as launcher:
        visitor = Visitor(f"http://127.0.0.1:{environ['PORT']}")
        run = visitor.start_run("optimizers-sgd", seed="5")
        found = visitor.finished(run)
        assert found["state"] == "succeeded", launcher.output()
        assert found["receipt"]["libraries"]["tensorflow"]
        script = visitor.get(f"{run.rstrip('/')}/script.py")
        assert script.status_code == 200
    assert wait_until_none(data) == []
    assert (data / "weightwise.sqlite3").exists()
    assert sorted(entry.name for entry in home.iterdir()) == [".keras", "path"]
