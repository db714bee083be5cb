"""Hostile text in every address, field, header and cookie: a clear refusal, never an error."""

from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.test import Client
from django.urls import get_resolver
from hypothesis import given
from hypothesis import strategies as st

from lessons.views import MODE_COOKIE
from tests.factories import HTMX
from tests.security.hostile import SEEDED, WORDS, Forms, World, answer, escaped, sent_bytes, texts
from tests.security.test_reach_urls import TABLE

pytestmark = pytest.mark.django_db

FORM = "application/x-www-form-urlencoded"
GUEST, OWNER, SUPERUSER = 0, 1, 4
# What views read without a form, and what others of their kind might.
QUERY = ("experiment", "run", "group", "only", "part", "page", "q", "next", "after", "e", "o")
FIELDS = (
    "choice",
    "choice-1",
    "flag-1",
    "seconds-1",
    "question",
    "seq",
    "seed",
    "predicted_percent",
    "request_key",
    "learning_rate",
    "hidden_units",
    "rating",
    "login",
    "password",
    "email",
    "username",
    "next",
)
HEADERS = (
    "Accept",
    "Accept-Encoding",
    "Accept-Language",
    "Content-Type",
    "Forwarded",
    "HX-Current-URL",
    "HX-Request",
    "HX-Target",
    "Host",
    "If-Modified-Since",
    "If-None-Match",
    "Last-Event-ID",
    "Origin",
    "Range",
    "Referer",
    "User-Agent",
    "X-CSRFToken",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "X-HTTP-Method-Override",
)
COOKIES = (
    settings.SESSION_COOKIE_NAME,
    settings.CSRF_COOKIE_NAME,
    MODE_COOKIE,
    "messages",
    "anything",
)
# Bytes as a quoted cookie may write them.
OCTALS = (r"\000", r"\012\015", r"\033", r"\200", r"\355\240\200", r"\377", r"\042\134", r"\777")
CHARSETS = ("utf-7", "utf-16", "utf-32", "latin-1", "idna", "hex", "zip", "no-such", "")
METHODS = ("GET", "POST", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND")

persons = st.sampled_from([GUEST, OWNER, SUPERUSER])


def header_text(text: str) -> str:
    """Text as a server hands it on: headers are Latin-1, without ends of lines and NUL."""
    sent = text.encode("utf-8", "surrogatepass")[:2000].decode("latin-1")
    return sent.translate(dict.fromkeys(map(ord, "\r\n\x00"), " "))


@pytest.mark.parametrize("name", TABLE)
@SEEDED
@given(data=st.data())
def test_a_query_is_answered(world: World, name: str, data: st.DataObject) -> None:
    fields = data.draw(st.lists(st.tuples(st.sampled_from(QUERY), sent_bytes), max_size=3))
    query = "&".join(f"{field}={escaped(sent)}" for field, sent in fields)
    answer(world.people[data.draw(persons)], "GET", f"{world.addresses[name]}?{query}")


@pytest.mark.parametrize("name", TABLE)
@pytest.mark.parametrize("fields", [{"group"}, set(QUERY) - {"group"}], ids=["group", "others"])
def test_a_query_that_no_database_can_hold_is_answered(
    world: World, name: str, fields: set[str]
) -> None:
    """Every field at once, and twice: some pages look only when there are two."""
    query = "&".join(f"{field}=a%00&{field}=b" for field in sorted(fields))
    answer(world.people[OWNER], "GET", f"{world.addresses[name]}?{query}")


@pytest.mark.parametrize("name", TABLE)
@SEEDED
@given(data=st.data())
def test_a_post_is_answered(world: World, name: str, data: st.DataObject) -> None:
    fields = data.draw(st.lists(st.tuples(st.sampled_from(FIELDS), sent_bytes), max_size=6))
    body = "&".join(f"{field}={escaped(sent)}" for field, sent in fields)
    headers = data.draw(st.sampled_from([{}, HTMX]))
    person = world.people[data.draw(persons)]
    answer(person, "POST", world.addresses[name], data=body, content_type=FORM, headers=headers)


@pytest.mark.parametrize("name", TABLE)
@SEEDED
@given(data=st.data())
def test_a_form_of_a_page_is_answered(world: World, name: str, data: st.DataObject) -> None:
    """The page's own forms, sent with one field as nobody fills it in."""
    person = world.people[data.draw(st.sampled_from([GUEST, OWNER]))]
    page = person.get(world.addresses[name])
    shown = page.status_code == 200 and not page.streaming
    forms = Forms(world.addresses[name], page.content.decode()).found if shown else []
    for address, fields in forms:
        if fields:
            changed = {**fields, data.draw(st.sampled_from(sorted(fields))): data.draw(texts)}
            body = urlencode(changed, errors="replace")
            answer(person, "POST", address, data=body, content_type=FORM)


@pytest.mark.parametrize("name", TABLE)
@SEEDED
@given(data=st.data())
def test_a_header_and_a_cookie_are_answered(world: World, name: str, data: st.DataObject) -> None:
    chosen = data.draw(st.dictionaries(st.sampled_from(HEADERS), texts, max_size=3))
    headers = {header: header_text(text) for header, text in chosen.items()}
    cookie = f"{data.draw(st.sampled_from(COOKIES))}={header_text(data.draw(texts))}"
    method = data.draw(st.sampled_from(METHODS))
    client = Client()
    answer(client, method, world.addresses[name], headers={**headers, "Cookie": cookie})


@pytest.mark.parametrize("cookie", COOKIES)
@pytest.mark.parametrize("word", WORDS, ids=range(len(WORDS)))
def test_every_word_in_a_cookie_is_answered(world: World, cookie: str, word: str) -> None:
    """Each of them, at a page that reads session and messages."""
    client = Client()
    client.cookies[cookie] = word.encode("utf-8", "surrogatepass")[:3000].decode("latin-1")
    answer(client, "GET", "/me/")


@pytest.mark.parametrize("cookie", COOKIES)
@pytest.mark.parametrize("octal", OCTALS)
@pytest.mark.parametrize("path", ["/", "/learn/gradients/", "/accounts/login/"])
def test_an_escape_in_a_quoted_cookie_is_answered(
    world: World, cookie: str, octal: str, path: str
) -> None:
    r"""Of `"\000"` Django makes the character that no header can have."""
    for length in (0, 15, 31, 63):
        for sent in (octal + "a" * length, "a" * length + octal):
            answer(Client(), "GET", path, headers={"Cookie": f'{cookie}="{sent}"'})
    token = octal + "a" * 31
    sent = f'{cookie}="{token}"; {settings.CSRF_COOKIE_NAME}="{token}"'
    client = Client(enforce_csrf_checks=True)
    answer(client, "POST", "/accounts/login/", headers={"Cookie": sent, "X-CSRFToken": "a" * 32})


@pytest.mark.parametrize("charset", CHARSETS)
@pytest.mark.parametrize("name", ["experiment", "test", "check_inline", "account_login"])
def test_a_post_in_another_encoding_is_answered(world: World, name: str, charset: str) -> None:
    kind = f"{FORM}; charset={charset}"
    answer(
        world.people[GUEST],
        "POST",
        world.addresses[name],
        data=b"seed=1&login=+AGE-",
        content_type=kind,
    )


VARIABLES = sorted(
    {key for key in get_resolver().reverse_dict if isinstance(key, str)}
    & {name for name in TABLE if "account" not in name}
)


@pytest.mark.parametrize("name", VARIABLES)
@SEEDED
@given(sent=sent_bytes, data=st.data())
def test_a_part_of_an_address_is_answered(
    world: World, name: str, sent: bytes, data: st.DataObject
) -> None:
    """One part of the address is replaced: a slug, an id, a number."""
    parts = world.addresses[name].split("/")
    place = data.draw(st.integers(1, len(parts) - 1))
    parts[place] = escaped(sent)
    answer(
        world.people[data.draw(persons)], data.draw(st.sampled_from(METHODS[:2])), "/".join(parts)
    )
