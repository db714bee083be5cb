"""`make test` reads a few folders for marked tests: each of these is in one of them."""

import re

import pytest

from tests.conftest import FOLDERS, refuse_misplaced
from tests.groups import GROUPS
from tests.servers import ROOT


def folders(variable: str) -> set[str]:
    """The folders below tests/ that the Makefile names."""
    [line] = re.findall(rf"^{variable} = (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    return {name.removeprefix("tests/") for name in line.split()}


def test_the_makefile_names_the_folders_of_the_marks() -> None:
    assert folders("BROWSER") == set(FOLDERS["browser"])
    assert folders("PLATFORM") | folders("BROWSER") == set(FOLDERS["launcher"])


@pytest.mark.parametrize("mark", FOLDERS)
def test_one_in_another_folder_is_refused(request: pytest.FixtureRequest, mark: str) -> None:
    refuse_misplaced([request.node])
    request.node.add_marker(mark)
    with pytest.raises(pytest.UsageError, match=f"is marked {mark}, .* in tests/contracts"):
        refuse_misplaced([request.node])


def test_every_file_of_a_group_is_there() -> None:
    named = {file for files in GROUPS.values() for file in files}
    assert [file for file in named if not (ROOT / file).exists()] == []
