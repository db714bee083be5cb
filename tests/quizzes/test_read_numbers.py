"""Numbers are read as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.kinds import accepted
from quizzes.numbers import is_near, read_as, readings


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
        ("٠٫٢٥", {0.25}),
        ("۰٫۲۵", {0.25}),
        ("१.५", {1.5}),
        ("١٬٢٣٤٫٥", {1234.5}),
        ("1.688,5", {1688.5}),
        ("1'688.5", {1688.5}),
        ("1’688,5", {1688.5}),
        ("1\u202f688\u202f000", {1688000.0}),
        ("1,00,000", {100000.0}),
        ("12,34,567.5", {1234567.5}),
        ("1.688.000", {1688000.0}),
        ("1.688", {1.688}),
        ("0.000 25", {0.00025}),
        ("—5", {-5.0}),
        ("‐5", {-5.0}),
        ("- 5", {-5.0}),
        ("\u200f−٥\u200e", {-5.0}),
        ("\u2066-5\u2069\u00ad", {-5.0}),
        ("1·10^-3", {0.001}),
        ("2,5 × 10⁻³", {0.0025}),
        ("10⁻³", {0.001}),
        ("-10^3", {-1000.0}),
        ("1*10**-3", {0.001}),
        ("1.5E+3", {1500.0}),
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
        "5 %",
        "5-",
        "5²",
        "3·5",
        "½",
        "1,2,3",
        "1.688.5",
        "1,688.5,5",
        "10^",
        "1e5e5",
        "+-5",
        "1/4",
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


DIGITS = [
    "".join(chr(first + n) for n in range(10))
    for first in (0x30, 0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xE50, 0xFF10, 0x1D7CE, 0x1E950)
]
# (decimal mark, grouping mark) as people write them.
STYLES = [
    *(
        (".", ","),
        (",", "."),
        (",", " "),
        (",", "\u00a0"),
        (",", "\u202f"),
        (".", "\u2009"),
        (".", "'"),
    ),
    *(
        (",", "’"),
        (".", "’"),
        (".", "_"),
        ("٫", "٬"),
        (".", ""),
        (",", ""),
        ("．", "，"),
        ("٫", ""),
    ),
]
MINUS = "-‐‑‒–—―−﹣－"
UNSEEN = "\u00ad\u061c\u200b\u200e\u200f\u202a\u202c\u2060\u2066\u2069\ufeff\ufe0f\U000e0020"


def indian(whole: str) -> str:
    """The digits before the last three by twos."""
    head, tail = whole[:-3], whole[-3:]
    pairs = [head[max(0, end - 2) : end] for end in range(len(head), 0, -2)]
    return ",".join([*reversed(pairs), tail])


@given(
    whole=st.integers(0, 10**9),
    fraction=st.text("0123456789", min_size=4, max_size=5),
    digits=st.sampled_from(DIGITS),
    style=st.sampled_from(STYLES),
    minus=st.sampled_from(["", *MINUS]),
    data=st.data(),
)
def test_a_number_is_read_in_every_script_and_style(
    whole: int, fraction: str, digits: str, style: tuple[str, str], minus: str, data: st.DataObject
) -> None:
    point, mark = style
    grouped = f"{whole:,}".replace(",", mark)
    wanted = float(f"{'-' if minus else ''}{whole}.{fraction}")
    text = f"{minus}{grouped}{point}{fraction}".translate(str.maketrans("0123456789", digits))
    place = data.draw(st.integers(0, len(text)))
    text = text[:place] + data.draw(st.text(UNSEEN, max_size=3)) + text[place:]
    assert readings(text) == {wanted}


@given(st.integers(100_000, 10**12), st.sampled_from(DIGITS))
def test_a_number_is_read_in_indian_groups(whole: int, digits: str) -> None:
    text = indian(str(whole)).translate(str.maketrans("0123456789", digits))
    assert readings(text) == {float(whole)}


@given(st.integers(1, 999), st.integers(0, 999))
def test_what_can_mean_two_numbers_is_said_to(thousands: int, rest: int) -> None:
    text = f"{thousands},{rest:03}"
    both = {float(f"{thousands}{rest:03}"), float(f"{thousands}.{rest:03}")}
    assert readings(text) == both
    assert all(f"{number:.12g}" in read_as(text) for number in both)
    assert f"If you mean {thousands}{rest:03}, write no point" in read_as(text.replace(",", "."))


@given(st.integers(-999, 999), st.integers(-99, 99))
def test_powers_of_ten_in_every_spelling(number: int, power: int) -> None:
    raised = str(power).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    for text in (f"{number}e{power}", f"{number} · 10^{power}", f"{number}×10{raised}"):
        assert readings(text) == {float(f"{number}e{power}")}


# All but the two that turn round what follows, and so are refused.
@given(
    st.text(
        st.characters(categories=["Cf"], exclude_characters="\u202d\u202e"), min_size=1, max_size=5
    )
)
def test_no_format_character_stands_in_the_way(unseen: str) -> None:
    assert readings(f"{unseen}1{unseen}.5{unseen}") == {1.5}
    assert accepted([], [f"1{unseen}.5"]) == ["1.5"]


@given(st.text(max_size=40), st.text(max_size=5))
def test_no_text_is_too_strange(text: str, unit: str) -> None:
    readings(text, unit)


def test_float_noise_is_forgiven_and_nothing_else() -> None:
    assert is_near(0.1 + 0.2, 0.3, 0.0)
    assert is_near(1.05, 1.0, 0.05)
    assert not is_near(160.001, 160.0, 0.0)
    assert not is_near(0.0001, 0.0, 0.0)
