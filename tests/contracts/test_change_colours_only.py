"""The dark scheme: what is right in the light is right there, too, but for the colours."""

import re
from pathlib import Path

import pytest

from tests.servers import ROOT

SHEETS = sorted(path for path in (ROOT / "static" / "css").glob("*.css"))
DARK = re.compile(r"@media[^{]*prefers-color-scheme[^{]*\{(.*?\n)\}", re.DOTALL)
DECLARATION = re.compile(r"^\s*([\w-]+)\s*:[^{]*;", re.MULTILINE)


def declared(block: str) -> list[str]:
    """The properties that are set in a block of rules, in order."""
    return DECLARATION.findall(re.sub(r"/\*.*?\*/", "", block, flags=re.DOTALL))


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_only_named_colours_are_other_ones(sheet: Path) -> None:
    """Hence a page that is held against all rules in the light is held against some in the dark."""
    for block in DARK.findall(sheet.read_text(encoding="utf-8")):
        found = declared(block)
        assert found
        assert [name for name in found if not name.startswith("--")] == []
