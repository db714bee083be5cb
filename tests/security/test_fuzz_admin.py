"""Hostile text in every form and list of the admin: a clear refusal, and never an error."""

from collections.abc import Iterator
from itertools import cycle, islice
from urllib.parse import urlencode

import pytest
from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.auth import get_user
from django.contrib.messages import get_messages
from django.contrib.messages.storage.fallback import FallbackStorage
from django.core.exceptions import SuspiciousOperation
from django.db import transaction
from django.db.models import DateTimeField, Field, Model
from django.test import Client, RequestFactory
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from authoring.admin_lookups import LookupsMixin
from tests.security.hostile import (
    EXAMPLES,
    SEEDED,
    Forms,
    World,
    answer,
    escaped,
    sent_bytes,
    texts,
)

pytestmark = pytest.mark.django_db

FORM = "application/x-www-form-urlencoded"
MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
LISTED = ("q", "o", "p", "e", "all", "_to_field", "_popup", "id__exact", "pk__in", "kind__exact")

# What passes as a value while a query is built, and fails when it runs.
ASKED = [
    "\0",
    "9223372036854775808",
    "10000",
    "(",
    "0",
    "1,99999999999999999999",
    "0001-01-01T00:00:00+23:59",
    "a{99999999999}",
    "-9223372036854775809",
    "9999-12-31T23:59:59-23:59",
    "9" * 400,
    "-1",
    "\\",
    "%" * 60_000,
    "nan",
    '{"a": 1}',
    "1e400",
    "[",
]
OF_MOMENTS = ("year__gte", "year__in", "date__lt", "iso_year", "month__in", "hour__regex")


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


def lookups(field: Field[object, object]) -> list[str]:
    """Every way to filter by the field; also by a key within it, where it is JSON."""
    own = [*field.get_lookups(), *(OF_MOMENTS if isinstance(field, DateTimeField) else ())]
    keys = ('a"b', "99999999999999999999", "a__regex", "a__in")
    within = keys if field.get_internal_type() == "JSONField" else ()
    return ["", *(f"__{lookup}" for lookup in (*own, *within))]


def filters(model: type[Model]) -> Iterator[str]:
    """One field of each class with each of its lookups, and with some of the values in turn."""
    fields = {type(field): field for field in model._meta.fields}.values()
    fields_of_lists = [field.name for field in model._meta.fields if field.is_relation]
    names = [f"{field.name}{lookup}" for field in fields for lookup in lookups(field)]
    names += [f"{name}__{key}" for name in fields_of_lists for key in ("id__exact", "id__in")]
    values = cycle(ASKED)
    for name in [*names, "topic", "pk__in", "q"]:
        for value in islice(values, min(EXAMPLES // 2, len(ASKED))):
            yield urlencode({name: value})


@pytest.mark.parametrize("model", MODELS, ids=label)
def test_a_list_is_answered_whatever_it_is_filtered_by(
    staff: list[Client], model: type[Model]
) -> None:
    """Without drawing the page: there are hundreds of ways to ask."""
    page, session, failed = admin.site._registry[model], staff[-1].session, []
    user = get_user(staff[-1])  # it has a session, which is all it takes
    for query in filters(model):
        request = RequestFactory().get(f"/?{query}")
        request.user = user
        request.session = session
        request._messages = FallbackStorage(request)  # type: ignore[attr-defined]
        try:
            with transaction.atomic():
                page.get_changelist_instance(request)
        except (IncorrectLookupParameters, SuspiciousOperation):
            continue  # told
        except Exception as error:  # noqa: BLE001  (all of them are listed)
            failed.append(f"{query[:80]}: {type(error).__name__}")
    assert not failed


QUERIES = [
    "training_jobs/worker/?state=%00",
    "accounts/user/?username=%00",
    "auth/group/?name=%00",
    "lessons/topic/?slug__regex=(",
    "training_jobs/run/?created_at__year=10000",
    "training_jobs/run/?created_at__gte=0001-01-01T00:00:00%2B23:59",
    "accounts/user/?e=1&date_joined__year=0",
    f"quizzes/question/?q={'a+' * 2000}",
]


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query[:50])
def test_an_impossible_filter_is_told_and_everything_shown(staff: list[Client], query: str) -> None:
    shown = answer(staff[-1], "GET", f"/admin/{query}")
    assert shown.status_code == 302
    assert shown["Location"] == f"/admin/{query.split('?', maxsplit=1)[0]}?e=1"
    [said] = [str(message) for message in get_messages(shown.wsgi_request)]
    assert said.startswith("The list cannot be filtered or searched as the address asks: ")


LARGE = [
    "quizzes/question/?id__in=9223372036854775808",
    "lessons/lesson/?topic=9223372036854775808",
    f"quizzes/answer/?topic={'9' * 30}",
    "account/emailaddress/?id__in=1,99999999999999999999",
]


@pytest.mark.parametrize("query", LARGE, ids=lambda query: query[:50])
def test_a_number_that_no_column_holds_is_no_row_s(staff: list[Client], query: str) -> None:
    """PostgreSQL compares numbers of any size, and finds nothing."""
    assert answer(staff[-1], "GET", f"/admin/{query}").status_code in (200, 302)


def test_a_field_that_completes_finds_nothing_for_impossible_text(staff: list[Client]) -> None:
    field = "app_label=quizzes&model_name=nearmiss&field_name=question"
    for term in ("%00", "a" * 60_000):
        shown = answer(staff[-1], "GET", f"/admin/autocomplete/?{field}&term={term}")
        assert shown.json()["results"] == []


@pytest.mark.parametrize("chosen", ["\0", "x", "9223372036854775808", "-1e400"])
def test_rows_that_cannot_be_are_not_acted_upon(staff: list[Client], chosen: str) -> None:
    for model, action in (
        ("auth/group", "delete_selected"),
        ("training_jobs/run", "cancel_queued"),
    ):
        fields = {"action": action, "_selected_action": chosen, "index": "0"}
        body = urlencode(fields)
        assert (
            answer(staff[-1], "POST", f"/admin/{model}/", data=body, content_type=FORM).status_code
            == 302
        )


@pytest.mark.parametrize("model", MODELS, ids=label)
def test_every_list_tells_what_it_cannot_be_filtered_by(model: type[Model]) -> None:
    assert isinstance(admin.site._registry[model], LookupsMixin)


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
