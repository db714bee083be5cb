"""Points and credits are written alike wherever a page shows them."""

import re
from pathlib import Path

import pytest

from quizzes.hundredths import hundredths


@pytest.mark.parametrize(
    ("value", "written"),
    [(0.2, "0.2"), (0.25, "0.25"), (1 / 3, "0.33"), (0.0, "0"), (10.0, "10"), (None, "")],
)
def test_no_decimal_says_nothing(value: float | None, written: str) -> None:
    assert hundredths(value) == written


def test_no_page_writes_points_in_another_way() -> None:
    pages = list((Path(__file__).parents[2] / "templates").rglob("*.html"))
    assert pages
    points = re.compile(r"(credit|score\w*)\|floatformat")
    assert not [page.name for page in pages if points.search(page.read_text(encoding="utf-8"))]
