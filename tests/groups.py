"""Which tests share a process of `pytest -n`: those that share what takes long to start."""

from collections.abc import Iterable

import pytest
from xdist.scheduler import LoadFileScheduling

FAULTS = (
    *("cancel", "diverge", "kill_trainer", "lock_database", "lose_broker"),
    *("lose_checkpoint", "lose_row", "repeat_message", "stop_worker"),
)
# The files by the fixture that all of them use.
GROUPS = {
    "standing_trainer": {f"tests/faults/test_{name}.py" for name in FAULTS},
    "built": {"tests/deploy/test_dockerfile.py", "tests/deploy/test_services.py"},
    "teachers_platform": {
        "tests/browser/test_author_with_axe.py",
        "tests/browser/test_leave_unsaved.py",
        "tests/browser/test_teacher_by_keyboard.py",
        "tests/browser/test_teacher_journey.py",
        "tests/browser/test_tell_moments.py",
    },
}


class ByWhatTheyShare(LoadFileScheduling):  # type: ignore[misc]
    """By file, with the files of a group as one."""

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return next((name for name, files in GROUPS.items() if file in files), file)


def refuse_ungrouped(items: Iterable[pytest.Item]) -> None:
    """A file that is left out of its group would have each process start what is to be shared."""
    for item in (item for item in items if isinstance(item, pytest.Function)):
        file = item.nodeid.partition("::")[0]
        for name in (name for name in GROUPS if name in item.fixturenames):
            if file not in GROUPS[name]:
                raise pytest.UsageError(f"{file} uses {name}: name it there in tests/groups.py.")
