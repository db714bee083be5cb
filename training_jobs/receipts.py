"""A run's receipt: all that somebody needs to repeat it and to know whether it came out the same.

Versions are read from the packages' metadata, so that writing a receipt imports no TensorFlow.
"""

import hashlib
import os
import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from training_jobs.engine.plan import Plan

# That of pyproject.toml, which an installation need not have; a test holds the two together.
VERSION = "0.1.0"
ENGINE = Path(__file__).parent / "engine"
LIBRARIES = ("tensorflow", "keras", "numpy")
PROCESSORS = Path("/proc/cpuinfo")


def receipt_of(
    plan: Plan, *, data_name: str, data_title: str, data_digest: str, weights_digest: str
) -> dict[str, Any]:
    """The receipt of a run that this process has just made, as JSON values.

    Every digest is a sha256 in hexadecimal: of the plan's canonical JSON, of the data's four
    arrays, of the engine's source files, and of the final weights in the model's order.
    """
    return {
        "plan": plan.as_json(),
        "plan_sha256": plan.digest,
        "seed": plan.seed,
        "compiled": plan.compiled,
        "data": {"name": data_name, "title": data_title, "sha256": data_digest},
        "code": {"version": VERSION, "engine_sha256": engine_digest()},
        "libraries": libraries(),
        "machine": machine(),
        "weights_sha256": weights_digest,
    }


@cache
def engine_digest() -> str:
    """sha256 over the names and contents of the engine's source files, in the order of names."""
    total = hashlib.sha256()
    for path in sorted(ENGINE.glob("*.py")):
        content = path.read_bytes()
        # The length keeps two files from being read as one.
        total.update(f"{path.name}:{len(content)}:".encode())
        total.update(content)
    return total.hexdigest()


@cache
def libraries() -> dict[str, str]:
    """The versions of the libraries that do the arithmetic."""
    return {name: _version_of(name) for name in LIBRARIES}


def _version_of(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:  # a build under another name, such as tensorflow-cpu
        return "unknown"


@cache
def machine() -> dict[str, Any]:
    """What rounding may depend on: processor, cores that this process may use, system."""
    return {
        "processor": _processor(),
        "cores": _cores(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
    }


def _processor() -> str:
    # platform.processor() is empty on most Linux systems.
    for line in PROCESSORS.read_text().splitlines() if PROCESSORS.exists() else ():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):  # not on macOS
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
