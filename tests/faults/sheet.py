"""A learner's browser with a test open at a real web process; its tabs post at the same time."""

import re
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from threading import Barrier
from typing import TypeVar
from uuid import UUID

import requests
from django.conf import settings

from accounts.models import Learner, User
from quizzes.models import Answer, Attempt
from tests.factories import HTMX, answers, client_of
from tests.faults.web import Web
from tests.patience import LAST_RESORT
from tests.platform.visitor import CSRF

TITLE = re.compile(r"<title>(.+?)</title>", re.DOTALL)
Responses = Mapping[int, list[str]]
Given = TypeVar("Given")
Got = TypeVar("Got")


@dataclass(frozen=True)
class Browser:
    """Somebody's cookies, and the web process that they are for."""

    server: Web
    cookies: dict[str, str]
    token: str

    @classmethod
    def of(cls, someone: User | Learner, server: Web) -> "Browser":
        """A browser in which they are signed in, or this guest has been before."""
        name = settings.SESSION_COOKIE_NAME
        cookies = {name: client_of(someone).cookies[name].value}
        page = requests.get(server.url("/accounts/login/"), timeout=LAST_RESORT)
        token = CSRF.search(page.text)
        assert token, page.text
        return cls(server, {**page.cookies.get_dict(), **cookies}, token[1])

    def at(self, server: Web) -> "Browser":
        """The same browser when another process answers."""
        return replace(self, server=server)

    def get(self, path: str) -> requests.Response:
        return requests.get(
            self.server.url(path), cookies=self.cookies, timeout=LAST_RESORT, allow_redirects=False
        )

    def post(self, path: str, form: Mapping[str, object], *, htmx: bool) -> requests.Response:
        """Posts from a tab: on a connection of its own, so that many can post at once."""
        return requests.post(
            self.server.url(path),
            data={"csrfmiddlewaretoken": self.token, **form},
            cookies=self.cookies,
            headers=HTMX if htmx else {},
            timeout=LAST_RESORT,
            allow_redirects=False,
        )


@dataclass(frozen=True)
class Sheet:
    """The page of an open test."""

    browser: Browser
    attempt: UUID

    @property
    def path(self) -> str:
        return f"/attempts/{self.attempt}/"

    @property
    def result_path(self) -> str:
        return f"{self.path}result/"

    def at(self, server: Web) -> "Sheet":
        """The same page when another process answers."""
        return replace(self, browser=self.browser.at(server))

    def save(self, responses: Responses, seq: int) -> requests.Response:
        """What the page sends after each change."""
        return self.browser.post(self.path, {"seq": seq, **fields(responses)}, htmx=True)

    def finish(self, responses: Responses | None = None, **form: object) -> requests.Response:
        path = f"{self.path}finish/"
        return self.browser.post(path, {**form, **fields(responses or {})}, htmx=False)

    def title_of_result(self) -> str:
        """The result page's title, which has the score."""
        page = self.browser.get(self.result_path)
        assert page.status_code == 200, page.text
        title = TITLE.search(page.text)
        assert title
        return title[1]

    def chosen_on_page(self) -> set[str]:
        """The options that the page shows as chosen."""
        inputs = re.findall(r"<input\b[^>]*>", self.browser.get(self.path).text)
        values = [re.search(r'value="([^"]+)"', tag) for tag in inputs if " checked" in tag]
        return {value[1] for value in values if value}

    @property
    def row(self) -> Attempt:
        return Attempt.objects.get(id=self.attempt)

    @property
    def answers(self) -> list[Answer]:
        """What the database holds, in the order of the questions."""
        return answers(self.row)

    @property
    def kept(self) -> dict[int, list[str]]:
        return {answer.position: answer.response for answer in self.answers}


def fields(responses: Responses) -> dict[str, list[str]]:
    return {f"choice-{position}": chosen for position, chosen in responses.items()}


def start(browser: Browser, topic: str) -> requests.Response:
    return browser.post(f"/learn/{topic}/test/", {}, htmx=False)


def begun(browser: Browser, topic: str) -> Sheet:
    """The sheet of a test that this browser has just begun, or had open."""
    response = start(browser, topic)
    assert response.status_code == 302, response.text
    found = re.fullmatch(r"/attempts/([0-9a-f-]{36})/", response.headers["Location"])
    assert found, response.headers["Location"]
    return Sheet(browser, UUID(found[1]))


def at_once(what: Callable[[Given], Got], given: Iterable[Given]) -> list[Got]:
    """Does it for all in threads of their own, begun at the same moment."""
    waiting = list(given)
    gate = Barrier(len(waiting))

    def do(one: Given) -> Got:
        gate.wait(LAST_RESORT)
        return what(one)

    with ThreadPoolExecutor(len(waiting)) as tabs:
        return list(tabs.map(do, waiting))
