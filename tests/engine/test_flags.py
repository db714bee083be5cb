"""What a machine's own settings say, the engine does not hear; ours stand before TensorFlow."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.servers import ROOT

WIDE = "--xla_cpu_prefer_vector_width=512"


def told(program: str, **environment: str) -> str:
    """What a fresh process writes."""
    given = {name: value for name, value in os.environ.items() if not name.startswith("KERAS_")}
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=given | environment,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


@pytest.mark.parametrize(
    ("given", "after"),
    [
        ({}, WIDE),
        ({"XLA_FLAGS": "--no_such_flag"}, WIDE),
        ({"WEIGHTWISE_XLA_FLAGS": "--xla_dump_to=/tmp/x"}, f"{WIDE} --xla_dump_to=/tmp/x"),
    ],
)
def test_xla_is_told_what_we_say(given: dict[str, str], after: str) -> None:
    program = "import os, sys, training_jobs.engine; print(os.environ['XLA_FLAGS']);"
    program += "assert 'tensorflow' not in sys.modules"
    assert told(program, **given) == after


@pytest.mark.parametrize("module", sorted((ROOT / "training_jobs" / "engine").glob("*.py")))
def test_the_libraries_are_imported_in_one_place(module: Path) -> None:
    """TensorFlow imports Keras: one import of it elsewhere, and Keras has read its file."""
    imported = {
        name.partition(".")[0]
        for node in ast.walk(ast.parse(module.read_text()))
        for name in _names(node)
    }
    assert module.name == "library.py" or not imported & {"tensorflow", "keras"}


def _names(node: ast.AST) -> list[str]:
    match node:
        case ast.Import():
            return [alias.name for alias in node.names]
        case ast.ImportFrom():
            return [node.module or ""]
    return []


@pytest.mark.engine
@pytest.mark.parametrize(
    "content",
    [
        # Each is a process that starts TensorFlow: all that Keras takes, and what it fails on.
        json.dumps(
            {"backend": "jax", "floatx": "float16", "image_data_format": "channels_first"}
            | {"epsilon": 0.5, "nnx_enabled": True}
        ),
        "{ cut off",
    ],
)
def test_keras_has_its_defaults_whatever_its_file_says(tmp_path: Path, content: str) -> None:
    (tmp_path / ".keras").mkdir()
    (tmp_path / ".keras" / "keras.json").write_text(content)
    # As the trainer does it: the first module that it imports.
    program = "import os, training_jobs.engine.warming; import keras; c = keras.config;"
    program += "print(c.backend(), c.floatx(), c.epsilon(), c.image_data_format(), c.max_epochs());"
    program += "print(os.environ.get('KERAS_HOME'))"
    hostile: dict[str, Any] = {"KERAS_BACKEND": "torch", "KERAS_MAX_EPOCHS": "1"}
    said = told(program, HOME=str(tmp_path), **hostile)
    assert said.splitlines() == ["tensorflow float32 1e-07 channels_last None", "None"]
    assert (tmp_path / ".keras" / "keras.json").read_text() == content
