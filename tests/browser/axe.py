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


# The dark scheme has other colours and nothing else: tests/contracts/test_change_colours_only.py
COLOURS = ("color-contrast", "link-in-text-block")


def violations(page: Page, *only: str) -> list[str]:
    """One line for each rule that is broken, with the places; of all rules or of these only."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(source())
    # Of what is right no places are worked out: a fifth of the work.
    options: dict[str, object] = {"resultTypes": ["violations"]}
    if only:
        options["runOnly"] = {"type": "rule", "values": only}
    broken = page.evaluate("async options => (await axe.run(options)).violations", options)
    return [
        f"{rule['id']}: {rule['help']}: "
        + " | ".join(" ".join(map(str, node["target"])) for node in rule["nodes"])
        for rule in broken
    ]


def violations_in_light_and_dark(page: Page) -> list[str]:
    """The same of a page without motion, which is in the light scheme before and afterwards."""
    found = violations(page)
    page.emulate_media(color_scheme="dark")
    found += [f"in the dark: {line}" for line in violations(page, *COLOURS)]
    page.emulate_media(color_scheme="light")
    return found
