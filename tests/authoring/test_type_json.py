"""JSON that an author types: what cannot be read is told with line, column and what is expected."""

import json

import pytest
from django.core.exceptions import ValidationError
from django.utils.html import escape

from accounts.models import User
from authoring.fields import JSONText
from tests.factories import PASSWORD, client_of, make_experiment


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('{"a": 1,\n "b": }', "Line 2, column 7: "),
        ('{"a": 1,}', "JSON is written like"),
        ("{'a': 1}", "double quotes"),
        ('{"a": NaN}', "[a] is nan"),
        ("[" * 100_000, "nested too deeply"),
        ('{"a"', "there the text ends"),
        ("[" * 20_000 + "]" * 20_000, "nested too deeply"),
        ("[" * 22 + "]" * 22, "nested more than 20 deep"),
        ("1" * 5_000, "too large"),
        ('{"a": 1' + "0" * 400 + "}", "[a] is larger than 9,007,199,254,740,992"),
        (
            '{"a": -1' + "0" * 400 + "}",
            "[a] is below -9,007,199,254,740,992: write a number closer",
        ),
        ('{"a": 1e400}', "[a] is inf"),
        ('{"a": [0, -Infinity]}', "[a][2] is -inf"),
        (r'{"a": "x\ud800"}', "[a] has half of a character, U+D800"),
        (r'{"x\udfff": 1}', "alf of a character, U+DFFF"),
        (r'{"\ud800": NaN}', "[\\ud800] is nan"),
        (r'{"a": "x\u0000"}', "[a] has a control character, U+0000"),
        ('{"a": "\0"}', "Line 1, column 8: Invalid control character"),
        ('{"a": 1, "b": {"c": 1, "c": 2}}', "'c' appears 2 times in one object"),
    ],
)
def test_it_is_told_where(text: str, complaint: str) -> None:
    with pytest.raises(ValidationError) as refused:
        JSONText().clean(text)
    assert complaint in " ".join(refused.value.messages)
    assert "Enter a valid JSON" not in str(refused.value)


HOSTILE = [
    *("[" * 20_000, "[" * 20_000 + "]" * 20_000, "9" * 5_000, '{"epochs": 1' + "0" * 400 + "}"),
    *(r'{"dataset": "\ud800"}', r'{"\u0000": 1}', '{"epochs": NaN}', '{"epochs": -Infinity}'),
    *('{"epochs": 1, "epochs": 2}', '{"epochs": 1e400}', "\0", "\ufeff{}", '"x"', "[1]", "null"),
    *('{"epochs": [1, "\\udfff"]}', '{"\\ud800": [1]}', '{"epochs": {"epochs": {}}}', "{" * 5_000),
]


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["plan", "permits"])
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_nothing_that_is_typed_breaks_the_page_and_all_of_it_is_kept(field: str, text: str) -> None:
    experiment = make_experiment("small")
    client = client_of(User.objects.create_superuser("root", "root@example.org", PASSWORD))
    page = f"/admin/training_jobs/experiment/{experiment.pk}/change/"
    typed = {"title": "Small", "slug": "small", "state": "draft", "position": "1"}
    typed |= {"summary": "s", "plan": json.dumps(experiment.plan), "permits": "{}", field: text}
    response = client.post(page, typed)
    assert response.status_code == 200
    assert 'class="errorlist"' in response.content.decode()
    assert escape(text) in response.content.decode()
    was = experiment.plan
    experiment.refresh_from_db()
    assert experiment.plan == was


@pytest.mark.django_db
def test_the_page_of_an_experiment_says_so_and_keeps_what_was_typed() -> None:
    experiment = make_experiment("small")
    client = client_of(User.objects.create_superuser("root", "root@example.org", PASSWORD))
    page = f"/admin/training_jobs/experiment/{experiment.pk}/change/"
    typed = {"title": "Small", "slug": "small", "state": "published", "position": "1"}
    typed |= {"summary": "s", "plan": '{"epochs": 5,\n}', "permits": "{}"}
    said = client.post(page, typed).content.decode()
    assert "Line 2, column 1: " in said
    assert "{&quot;epochs&quot;: 5," in said
