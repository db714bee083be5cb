"""Asks axe-core what keeps people from using a page."""

import hashlib
import tomllib
from functools import cache
from pathlib import Path

from playwright.sync_api import Page

VENDOR = Path(__file__).parent / "vendor"


@cache
def source() -> str:
    """The vendored script; fails when a file beside it is not the pinned one."""
    manifest = tomllib.loads((VENDOR / "manifest.toml").read_text(encoding="utf-8"))
    for file in manifest["file"]:
        found = hashlib.sha256((VENDOR / file["path"]).read_bytes()).hexdigest()
        assert found == file["sha256"], f"{file['path']} is not {file['package']} {file['version']}"
    return (VENDOR / "axe.min.js").read_text(encoding="utf-8")


def violations(page: Page) -> list[str]:
    """One line for each rule that is broken, with the places."""
    page.evaluate(source())
    broken = page.evaluate("async () => (await axe.run()).violations")
    return [
        f"{rule['id']}: {rule['help']}: "
        + " | ".join(" ".join(map(str, node["target"])) for node in rule["nodes"])
        for rule in broken
    ]
