"""Inputs that are drawn without a template look the same to a browser as Django's own."""

import pytest
from django import forms
from pytest_django.asserts import assertHTMLEqual

from training_jobs.widgets import HiddenInput, NumberInput

VALUES = [None, "", 0, 7, 0.5, "“a\" onfocus='x' <b>&", "1e400", "\u202e12"]
ATTRIBUTES = [
    None,
    {"id": "id_seed", "pattern": r"\s*\d*\s*", "required": True, "aria-invalid": False},
]


@pytest.mark.parametrize("attributes", ATTRIBUTES)
@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize(
    ("ours", "theirs"), [(NumberInput, forms.TextInput), (HiddenInput, forms.HiddenInput)]
)
def test_an_input_is_the_same(
    ours: type[forms.Widget],
    theirs: type[forms.Widget],
    value: object,
    attributes: dict[str, object] | None,
) -> None:
    given = {"step": "0.1"}
    expected = theirs(attrs=given).render("seed", value, attributes)
    assertHTMLEqual(ours(attrs=given).render("seed", value, attributes), expected)
