"""Numbers are read as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.numbers import is_near, readings


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("0.5", {0.5}),
        (".5", {0.5}),
        ("5.", {5.0}),
        ("-3", {-3.0}),
        ("+3", {3.0}),
        ("−3", {-3.0}),
        ("–3", {-3.0}),
        ("－０．５", {-0.5}),
        ("1e-3", {0.001}),
        ("1 688", {1688.0}),
        ("1\u00a0688", {1688.0}),
        ("1_688", {1688.0}),
        ("1,688", {1688.0, 1.688}),
        ("1,688.5", {1688.5}),
        ("1 688,5", {1688.5}),
        ("1,688,000", {1688000.0}),
        ("0,688", {0.688}),
        ("0,5", {0.5}),
        ("  7 ", {7.0}),
    ],
)
def test_a_number_in_many_spellings(text: str, numbers: set[float]) -> None:
    assert readings(text) == numbers


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "x",
        ".",
        "-",
        "1e309",
        "-1e309",
        "nan",
        "inf",
        "1__688",
        "16 88",
        "1.2.3",
        "٣",
        "5 %",
    ],
)
def test_other_texts_are_no_numbers(text: str) -> None:
    assert readings(text) == set()


def test_the_unit_may_be_written_too() -> None:
    assert readings("160 updates", "updates") == readings("160Updates", "updates") == {160.0}
    assert readings("50 ％", "％") == readings("50 %", "％") == {50.0}
    assert readings("5 %", "%") == {5.0}
    assert readings("160 steps", "updates") == readings("updates", "updates") == set()


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_is_read_as_python_writes_it(number: float) -> None:
    assert readings(repr(number)) == {number}


@given(st.text(max_size=40), st.text(max_size=5))
def test_no_text_is_too_strange(text: str, unit: str) -> None:
    readings(text, unit)


def test_float_noise_is_forgiven_and_nothing_else() -> None:
    assert is_near(0.1 + 0.2, 0.3, 0.0)
    assert is_near(1.05, 1.0, 0.05)
    assert not is_near(160.001, 160.0, 0.0)
    assert not is_near(0.0001, 0.0, 0.0)
