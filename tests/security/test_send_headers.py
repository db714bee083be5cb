"""What a page lets a browser do: nothing that the page did not bring itself."""

import pytest
from django.test import Client

from lessons.models import Topic
from tests.factories import (
    client_of,
    finish_run,
    make_lesson,
    make_question,
    make_run,
    make_teacher,
    make_topic,
)
from tests.security.crawl import Page, body, crawl

pytestmark = pytest.mark.django_db
PAGES = ["/", "/learn/gradients/", "/me/", "/accounts/login/", "/no/such/page/", "/admin/"]


@pytest.fixture(autouse=True)
def topic() -> Topic:
    topic = make_topic("gradients", practice=2, inline=1)
    code = "```python\nprint(1)\n```\n\n[[inline-quiz]]\n\n"
    run = topic.experiment.slug
    make_lesson(topic, source=f"{code}[[changes {run}]]\n[[trace {run}]]\n[[prediction {run}]]")
    return topic


@pytest.mark.parametrize("address", PAGES)
def test_every_page_comes_with_its_policy(address: str) -> None:
    response = Client().get(address)
    policy = response["Content-Security-Policy"]
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert "unsafe" not in policy
    assert "*" not in policy
    for name in ("default-src", "script-src", "style-src", "connect-src", "form-action"):
        assert directives[name] == "'self'"
    for name in ("object-src", "base-uri", "frame-ancestors"):
        assert directives[name] == "'none'"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    features = dict(part.split("=") for part in response["Permissions-Policy"].split(", "))
    for name in ("camera", "microphone", "geolocation", "payment", "usb", "display-capture"):
        assert features[name] == "()"
    assert features["publickey-credentials-get"] == "(self)"


def test_no_page_holds_what_its_policy_refuses(topic: Topic) -> None:
    run = finish_run(make_run(topic))
    client = Client()
    client.post("/learn/gradients/practice/1/", {"choice": "ffffff"})
    starts = ["/", f"/runs/{run.pk}/", "/learn/gradients/practice/1/", "/no/such/page/"]
    refused = {page.address: page.inline for page in crawl(client, starts) if page.inline}
    assert refused == {}


def test_no_page_of_authoring_does_either(topic: Topic) -> None:
    teacher = client_of(make_teacher())
    question = make_question(topic)
    base = f"/admin/quizzes/question/{question.pk}/"
    for address in ("/admin/", "/admin/quizzes/question/", f"{base}change/", f"{base}preview/"):
        page = Page(address, body(teacher.get(address)))
        assert page.inline == [], address


@pytest.mark.parametrize("address", ["/me/", "/learn/gradients/practice/1/", "/readyz"])
def test_what_is_someones_own_is_not_kept_by_caches(address: str) -> None:
    assert "no-store" in Client().get(address)["Cache-Control"]


def test_cookies_are_out_of_reach_of_scripts(topic: Topic) -> None:
    client = Client()
    client.get("/learn/gradients/experiment/")
    client.post("/learn/gradients/test/")
    for name in ("sessionid", "mode"):
        cookie = client.cookies[name]
        assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


@pytest.mark.parametrize("host", ["evil.example", "testserver.evil.example", "testserver@evil", ""])
def test_another_host_is_refused(host: str) -> None:
    assert Client().get("/", headers={"Host": host}).status_code == 400


def test_a_forwarded_host_is_not_believed() -> None:
    page = Client().get("/", headers={"X-Forwarded-Host": "evil.example"})
    assert page.status_code == 200
    assert "evil.example" not in page.content.decode()
