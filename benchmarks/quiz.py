"""A test taken by many at once: open it, save the sheet, finish; beside a view that does nothing.

One web process, as the platform starts it, on SQLite and on PostgreSQL; its students have answered
a practice question before. `open` is the POST that begins a test of ten questions and the GET of
its page, and `read` the GET alone; `save` posts one answer that has changed, as the page does after
each choice; `finish` posts the whole form, which is graded, and asks for its run; nobody trains it.
"""

import gzip
import http.client
import re
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode, urljoin

from benchmarks.fanout import Use
from benchmarks.platform import WebServer, web_server
from benchmarks.report import Figure
from tests.servers import postgres_programs, postgres_server

CONNECTIONS = (1, 8, 32)
STUDENTS = 64
QUESTIONS = 10
SAVES = 4
TEST = "/learn/optimizers/test/"
PRACTICE = "/learn/optimizers/practice/1/"
NO_OP = "/healthz"
IDLE = 3.0  # seconds; the server closes a connection that nobody has used for five
CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
CHOICE = re.compile(r'name="choice-(\d+)"\s+value="([^"]*)"')
PRACTICE_CHOICE = re.compile(r'name="choice"\s+value="([^"]*)"')
LINKED = re.compile(r'(?:src|href)="(/static/[^"]+)"')
IMPORTED = re.compile(r'(?:from|import) "(\./[^"]+\.js)"')


@dataclass
class Student:
    """Someone with a session and a connection of their own, on the way through one test."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""
    sheet: str = ""
    options: dict[int, list[str]] = field(default_factory=dict)
    given: dict[str, str] = field(default_factory=dict)
    seq: int = 0
    # The saves that the page knows, by question: “0.1.11”.
    known: list[str] = field(default_factory=lambda: ["0"] * QUESTIONS)
    asked_at: float = 0.0

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def practise(self) -> None:
        page = self._ask("GET", PRACTICE)
        self.token = CSRF.findall(page)[0]
        self._ask("POST", PRACTICE, {"choice": PRACTICE_CHOICE.findall(page)[0]})

    def open(self) -> None:
        self.sheet = self._ask("POST", TEST)
        page = self._ask("GET", self.sheet)
        for number, value in CHOICE.findall(page):
            self.options.setdefault(int(number), []).append(value)
        if len(self.options) != QUESTIONS:
            raise RuntimeError(f"The sheet has {len(self.options)} questions.")

    def read(self) -> None:
        self._ask("GET", self.sheet)

    def save(self) -> None:
        self.seq += 1
        number = self.seq % QUESTIONS + 1
        options = self.options[number]
        # Another one each time; where a number is to be written, there is nothing to choose from.
        value = options[self.seq % len(options)] or str(self.seq)
        changed = {f"choice-{number}": value, f"seconds-{number}": "1"}
        self.given |= changed
        form = {
            "seq": str(self.seq),
            "known": " ".join(self.known),
            f"asked-{number}": "1",
            **changed,
        }
        self._ask("POST", self.sheet, form, expected=200)
        self.known[number - 1] += f".{self.seq}"

    def finish(self) -> None:
        form = {"whole": "1", "known": " ".join(self.known), **self.given}
        self._ask("POST", f"{self.sheet}finish/", form)

    def no_op(self) -> None:
        self._ask("GET", NO_OP)

    def _ask(
        self, method: str, path: str, form: dict[str, str] | None = None, expected: int = 0
    ) -> str:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if method == "POST":
            body = urlencode({**(form or {}), "csrfmiddlewaretoken": self.token})
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        if expected:
            headers["HX-Request"] = "true"
        if time.monotonic() - self.asked_at > IDLE:
            self.connection.close()  # it is opened again, as a browser does
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        text = answer.read().decode()
        self.asked_at = time.monotonic()
        wanted = expected or (http.client.OK if method == "GET" else http.client.FOUND)
        if answer.status != wanted:
            raise RuntimeError(f"{method} {path} answered {answer.status}: {text[:200]}")
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.headers.get("Location") or text


def run() -> list[Figure]:
    """Requests a second, p95 and the server's CPU milliseconds, by action and connections."""
    with web_server("") as server:
        _warm(server)
        figures = [*_bytes(server), *_all_actions("sqlite", server)]
    if postgres_programs() is not None:
        with postgres_server() as url, web_server(url) as server:
            _warm(server)
            figures += _all_actions("postgresql", server)
    return figures


def _warm(server: WebServer) -> None:
    """Has everything done that a process does once, such as reading templates and questions."""
    for _ in range(STUDENTS):
        student = Student(server.port)
        student.practise()
        student.open()
        student.save()
        student.finish()


def _all_actions(database: str, server: WebServer) -> Iterator[Figure]:
    for connections in CONNECTIONS:
        students = [Student(server.port) for _ in range(STUDENTS)]
        for student in students:
            student.practise()
        no_op = None
        for action, times in (
            (Student.no_op, SAVES),
            (Student.open, 1),
            (Student.read, 2),
            (Student.save, SAVES),
            (Student.finish, 1),
        ):
            measured = _measured(server, students, connections, action, times)
            no_op = no_op or measured
            name = f"{action.__name__}_{database}_{connections}"
            versus = "" if measured is no_op else "a view that does nothing"
            yield Figure("quiz", f"{name}", measured.rate, "/s", "", measured.count)
            yield Figure("quiz", f"{name}_p95", measured.p95, "ms", "", measured.count)
            yield Figure("quiz", f"{name}_cpu", measured.cpu, "ms", "", measured.count)
            if versus:
                yield Figure(
                    "quiz", f"{name}_ratio", measured.cpu / no_op.cpu, "x", versus, measured.count
                )


@dataclass(frozen=True)
class Measured:
    """One action by some connections at once: rate per second, and milliseconds."""

    rate: float
    p95: float
    cpu: float
    count: int


def _measured(
    server: WebServer,
    students: Sequence[Student],
    connections: int,
    action: Callable[[Student], None],
    times: int,
) -> Measured:
    seconds: list[float] = []
    failures: list[Exception] = []

    def work(mine: Sequence[Student]) -> None:
        try:
            for student in [student for student in mine for _ in range(times)]:
                started = time.perf_counter()
                action(student)
                seconds.append(time.perf_counter() - started)
        except Exception as error:  # noqa: BLE001  (raised again below, by the main thread)
            failures.append(error)

    threads = [
        threading.Thread(target=work, args=(students[number::connections],))
        for number in range(connections)
    ]
    before, started = Use.of(server.pid), time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wall, after = time.perf_counter() - started, Use.of(server.pid)
    if failures:
        raise failures[0]
    count = len(seconds)
    return Measured(
        rate=count / wall,
        p95=statistics.quantiles(seconds, n=20)[18] * 1000,
        cpu=(after.cpu - before.cpu) * 1000 / count,
        count=count,
    )


def _bytes(server: WebServer) -> list[Figure]:
    """What a browser with an empty cache loads until the first practice question stands there."""
    found = [PRACTICE]
    loaded = 0
    for address in found:  # grows while it is read
        packed, text = _download(server, address)
        loaded += len(packed)
        needed = [*LINKED.findall(text), *(urljoin(address, it) for it in IMPORTED.findall(text))]
        found += [it for it in dict.fromkeys(needed) if it not in found]
    return [Figure("quiz", "first_question", loaded / 1000, "kB", "", len(found))]


def _download(server: WebServer, address: str) -> tuple[bytes, str]:
    """The body as it is sent, and as text; the latter is empty for other content."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.request("GET", address, headers={"Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    packed = answer.read()
    body = gzip.decompress(packed) if answer.headers.get("Content-Encoding") == "gzip" else packed
    return packed, body.decode(errors="ignore")
