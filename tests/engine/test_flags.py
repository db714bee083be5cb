"""XLA's flags are set before TensorFlow can read them, beside those of whoever runs it."""

import os
import subprocess
import sys

import pytest

WIDE = "--xla_cpu_prefer_vector_width=512"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", WIDE),
        ("--xla_dump_to=/tmp/x", f"--xla_dump_to=/tmp/x {WIDE}"),
        ("--xla_cpu_prefer_vector_width=256", "--xla_cpu_prefer_vector_width=256"),
    ],
)
def test_the_widest_vectors_unless_the_environment_says_otherwise(before: str, after: str) -> None:
    program = "import os, sys, training_jobs.engine; print(os.environ['XLA_FLAGS']);"
    program += "assert 'tensorflow' not in sys.modules"
    environment = os.environ | {"XLA_FLAGS": before}
    told = subprocess.run(
        [sys.executable, "-c", program], env=environment, check=True, capture_output=True, text=True
    )
    assert told.stdout.strip() == after
