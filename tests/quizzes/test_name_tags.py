"""Tags: one form to keep, one to read, and both found in the texts of lessons."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.tags import TAG, name_of, split, uses

TAGS = st.from_regex(TAG, fullmatch=True)


@given(TAGS)
def test_a_tag_and_its_name_are_found_alike(tag: str) -> None:
    for text in (f"On {tag} today.", f"{name_of(tag).upper()}!", "Nothing of the kind."):
        assert uses(text, tag) == uses(text, name_of(tag))
    assert uses(f"Here {name_of(tag)}, there {tag}.", tag)[0] >= 2


def test_the_list_of_an_author_is_split_at_commas() -> None:
    assert split("learning-rate, adam ,, keras-api,") == ("learning-rate", "adam", "keras-api")


@pytest.mark.parametrize(
    ("more", "less", "tag"),
    [
        ("A learning rate.", "Separate, iterate, generate, rate, rate, rate.", "learning-rate"),
        ("Learning rates.", "Rates, rates; one may be learning.", "learning-rate"),
        ("`learning_rate=0.1`", "Rates.", "learning-rate"),
        ("Each batch, in two epochs.", "Epochs and epochs and epochs.", "batches-and-epochs"),
        ("Losses and an accuracy.", "Losses, losses.", "loss-and-accuracy"),
        ("Adam.", "A madam, Adamas, Adamant.", "adam"),
    ],
)
def test_words_count_whole_and_in_either_number(more: str, less: str, tag: str) -> None:
    assert uses(more, tag) > uses(less, tag)
