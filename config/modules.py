"""Which modules a script imports, directly and indirectly."""

import re
from collections.abc import Iterator
from pathlib import Path
from posixpath import dirname, join, normpath

from django.contrib.staticfiles import finders

IMPORT = re.compile(r"""^(?:import|export)\b[^"';]*["'](?P<path>\.[^"']+)["'];""", re.MULTILINE)


def imported(name: str) -> list[str]:
    """The static files that the module `name` imports, each once, nearest first."""
    found: dict[str, None] = {}
    waiting = [name]
    while waiting:
        for one in _imports(waiting.pop(0)):
            if one not in found and one != name:
                found[one] = None
                waiting.append(one)
    return list(found)


def _imports(name: str) -> Iterator[str]:
    file = finders.find(name)
    if not isinstance(file, str):
        raise FileNotFoundError(f"There is no static file {name}.")
    for found in IMPORT.finditer(Path(file).read_text(encoding="utf-8")):
        yield normpath(join(dirname(name), found["path"]))
