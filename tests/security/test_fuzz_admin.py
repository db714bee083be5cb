"""Hostile text in every form and list of the admin: a clear refusal, and never an error."""

from urllib.parse import urlencode

import pytest
from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from tests.security.hostile import SEEDED, Forms, World, answer, escaped, sent_bytes, texts

pytestmark = pytest.mark.django_db

FORM = "application/x-www-form-urlencoded"
MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
LISTED = ("q", "o", "p", "e", "all", "_to_field", "_popup", "id__exact", "pk__in", "kind__exact")


def label(model: type[Model]) -> str:
    return model._meta.label


def address(model: type[Model], page: str, *arguments: object) -> str:
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}"
    return reverse(name, args=arguments)


@pytest.fixture(scope="module")
def staff(world: World) -> list[Client]:
    """A teacher and a superuser."""
    return world.people[3:]


def pages(model: type[Model]) -> list[str]:
    """The form of a new row, and that of the first row there is."""
    row = model._default_manager.first()
    return [address(model, "add"), *([address(model, "change", row.pk)] if row else [])]


@pytest.mark.parametrize("model", MODELS, ids=label)
@SEEDED
@given(data=st.data())
def test_a_form_is_answered(staff: list[Client], model: type[Model], data: st.DataObject) -> None:
    person = data.draw(st.sampled_from(staff))
    page = data.draw(st.sampled_from(pages(model)))
    shown = person.get(page)
    for target, fields in Forms(page, shown.content.decode()).found:
        if not fields or target != page:
            continue
        names = st.sampled_from(sorted(fields))
        changed = fields | data.draw(st.dictionaries(names, texts, min_size=1, max_size=4))
        body = urlencode(changed, errors="replace")
        answer(person, "POST", target, data=body, content_type=FORM)


@pytest.mark.parametrize("model", MODELS, ids=label)
@SEEDED
@given(data=st.data())
def test_a_list_is_answered(staff: list[Client], model: type[Model], data: st.DataObject) -> None:
    person = data.draw(st.sampled_from(staff))
    listed = [field.name for field in model._meta.fields]
    names = st.sampled_from([*LISTED, *listed, *[f"{name}__exact" for name in listed]])
    asked = data.draw(st.dictionaries(names, sent_bytes, min_size=1, max_size=3))
    query = "&".join(f"{name}={escaped(sent)}" for name, sent in asked.items())
    answer(person, "GET", f"{address(model, 'changelist')}?{query}")


@pytest.mark.parametrize("model", MODELS, ids=label)
@SEEDED
@given(sent=sent_bytes, data=st.data())
def test_a_row_that_is_named_oddly_is_not_found(
    staff: list[Client], model: type[Model], sent: bytes, data: st.DataObject
) -> None:
    place = data.draw(st.sampled_from(["change", "delete", "history"]))
    answer(staff[-1], "GET", address(model, place, "0").replace("/0/", f"/{escaped(sent)}/"))


@pytest.mark.parametrize("model", MODELS, ids=label)
@SEEDED
@given(data=st.data())
def test_an_action_is_answered(
    staff: list[Client], model: type[Model], data: st.DataObject
) -> None:
    fields = {
        "action": data.draw(st.one_of(texts, st.just("delete_selected"))),
        "_selected_action": data.draw(texts),
        "select_across": data.draw(st.sampled_from(["0", "1", "x"])),
        "index": data.draw(texts),
    }
    body = urlencode(fields, errors="replace")
    answer(staff[-1], "POST", address(model, "changelist"), data=body, content_type=FORM)
