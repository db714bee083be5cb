"""The list of guards that are proved by their removal."""

from collections.abc import Iterable

import pytest

from scripts.mutate import ROOT, Guard, guards


def named(guards: Iterable[Guard]) -> list[object]:
    return [pytest.param(guard, id=f"{guard.file}: {guard.reason}") for guard in guards]


@pytest.mark.parametrize("guard", named(guards()))
def test_a_guard_stands_where_the_list_says(guard: Guard) -> None:
    assert guard.text in (ROOT / guard.file).read_text(encoding="utf-8")
    assert guard.text != guard.without
    assert all((ROOT / test).exists() for test in guard.tests.split(" -k ")[0].split())
