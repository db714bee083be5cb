"""The compose file's own commands, started on this machine: production does its main job.

Each service is the command of docker-compose.yml, in the content of its image (the Dockerfile's
stages, carried out), with the environment of the compose file and its secret files. Only places
differ: a local PostgreSQL and Redis, a free port, and folders for `/data` and `/run/secrets`.
`make containers` starts the same in containers.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from launcher.broker import find_server
from launcher.ports import free_port
from launcher.readiness import broker_answers
from tests import servers
from tests.deploy import compose
from tests.deploy.dockerfile import Replay
from tests.deploy.visitor import HOST, Visitor
from tests.patience import eventually
from tests.servers import ROOT, Process, process

pytestmark = [
    pytest.mark.launcher,
    pytest.mark.engine,
    pytest.mark.slow,
    # Only where it is not installed, and never in CI.
    pytest.mark.skipif(
        servers.postgres_programs() is None and not servers.in_ci(), reason=servers.NO_POSTGRES
    ),
]
VALUES = {
    "WEIGHTWISE_ALLOWED_HOSTS": HOST,
    "WEIGHTWISE_CSRF_TRUSTED_ORIGINS": f"https://{HOST}",
}


@dataclass(frozen=True)
class Site:
    """Production, running."""

    built: Replay
    built_worker: Replay
    folder: Path
    port: int
    broker_port: int
    processes: dict[str, Process]

    def environment(self, service: str) -> dict[str, str]:
        """The service's environment, with this machine's places in it."""
        declared = compose.environment(service, VALUES, self.folder / "secrets")
        return declared | {
            "PATH": f"{self.programs(service)}:{os.environ['PATH']}",
            "PORT": str(self.port),
            "WEIGHTWISE_DATA": str(self.folder / "data"),
            "KERAS_HOME": str(self.folder / "data" / "keras"),
            "PYTHONUNBUFFERED": "1",
        }

    def programs(self, service: str) -> Path:
        """The programs of the service's image."""
        target = compose.services()[service]["build"]["target"]
        return (self.built_worker if target == "worker" else self.built).programs

    def command(self, service: str) -> list[str]:
        """The service's command; the web server gets our port."""
        return [str(self.port) if word == "8000" else word for word in compose.command(service)]

    def broker_script(self, text: str) -> str:
        """What the broker's container runs in its shell, on our port and with our secrets."""
        here = text.replace("/run/secrets", str(self.folder / "secrets"))
        here = here.replace("redis-server", find_server(), 1)
        here = here.replace("redis-cli", f"redis-cli -p {self.broker_port}")
        return here.replace('save ""', f'save ""\nport {self.broker_port}\nbind 127.0.0.1')

    def healthy(self, service: str) -> bool:
        """What the service's own health check says."""
        _, *command = compose.services()[service]["healthcheck"]["test"]
        environment = self.environment(service)
        result = subprocess.run(command, cwd=self.built.source, env=environment, check=False)
        return result.returncode == 0

    def secret(self, name: str) -> Path:
        """A secret's file."""
        return self.folder / "secrets" / name


@pytest.fixture(scope="module")
def site(
    built: Replay, built_worker: Replay, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """Every service, started in the order in which they depend on one another."""
    folder = tmp_path_factory.mktemp("site")
    here = Site(built, built_worker, folder, free_port(), free_port(), {})
    make_secrets(folder / "secrets")
    with ExitStack() as stack:
        start_broker(here, stack)
        put(here.secret("database_url"), stack.enter_context(servers.postgres_server()))
        prepare(here)
        for service in ("worker", "scheduler", "web"):
            start(here, service, stack)
        here.processes["web"].wait_for(lambda: here.healthy("web"), "the web server is not healthy")
        yield here


def make_secrets(folder: Path) -> None:
    """As docs/operations.md has it."""
    script = [f"{ROOT}/scripts/make-secrets.sh", str(folder), "dummymail://"]
    subprocess.run(script, check=True, stdout=subprocess.DEVNULL)


def put(secret: Path, value: str) -> None:
    """The secret files are not writable; their folder is ours."""
    secret.unlink()
    secret.write_text(value)


def start_broker(site: Site, stack: ExitStack) -> None:
    """The broker by its own command, and its address as the others get it."""
    script = site.broker_script(compose.command("redis")[-1])
    (site.folder / "broker").mkdir()
    broker = stack.enter_context(process(["sh", "-c", script], cwd=site.folder / "broker"))
    address = site.secret("redis_url").read_text()
    put(site.secret("redis_url"), address.replace("redis:6379", f"127.0.0.1:{site.broker_port}"))
    address = site.secret("redis_url").read_text()
    broker.wait_for(lambda: broker_answers(address), "the broker does not answer")
    site.processes["redis"] = broker


def prepare(site: Site) -> None:
    """The one-shot service that the others wait for."""
    command, environment = site.command("prepare"), site.environment("prepare")
    with process(command, cwd=site.built.source, env=environment) as started:
        assert started.exit_code() == 0, started.output()
        assert "Demo account" not in started.output()


def start(site: Site, service: str, stack: ExitStack) -> None:
    """One of the lasting services."""
    command, environment = site.command(service), site.environment(service)
    started = process(command, cwd=site.built.source, env=environment, grace=20)
    site.processes[service] = stack.enter_context(started)


def wait_for_end(visitor: Visitor, run: str) -> Any:
    """The snapshot of a run that has ended."""
    active = {"queued", "running"}
    eventually(lambda: visitor.get_json(run)["state"] not in active, f"{run} did not end")
    return visitor.get_json(run)


def test_a_visitor_starts_a_run_and_it_is_trained(site: Site) -> None:
    visitor = Visitor(site.port)
    page, text = visitor.get("/")
    assert page.status == 200, site.processes["web"].output()
    assert "/learn/" in text
    answer = visitor.post("/experiments/optimizers-adam/", {"predicted_percent": "90"})
    assert answer.status == 302
    run = answer.headers["Location"]
    assert visitor.get(run)[0].status == 200
    ended = wait_for_end(visitor, run.rstrip("/") + ".json")
    assert ended["state"] == "succeeded", ended
    assert ended["events"][-1]["event"] == "end"
    assert Visitor(site.port).get(run)[0].status == 404


@pytest.mark.parametrize("service", ["web", "worker", "scheduler"])
def test_its_health_check_says_so(site: Site, service: str) -> None:
    started = site.processes[service]
    started.wait_for(lambda: site.healthy(service), f"{service} is not healthy")


# Where Valkey is the broker there is none: its client has another name than the image's.
@pytest.mark.skipif(shutil.which("redis-cli") is None, reason="redis-cli is not installed here")
def test_the_brokers_health_check_says_so_with_the_password_only(site: Site) -> None:
    declared = compose.services()["redis"]["healthcheck"]["test"][1]
    check = site.broker_script(compose.fill(declared, {}))
    assert subprocess.run(["sh", "-c", check], check=False).returncode == 0
    stranger = check.replace("REDISCLI_AUTH=", "NOTHING=")
    assert subprocess.run(["sh", "-c", stranger], check=False).returncode != 0


def test_browsers_are_told_to_stay_on_the_secure_site(site: Site) -> None:
    page, _ = Visitor(site.port).get("/")
    assert page.headers["Strict-Transport-Security"]


def test_no_secret_is_written_to_a_log(site: Site) -> None:
    written = "".join(started.output() for started in site.processes.values())
    for name in ("secret_key", "redis_password"):
        assert site.secret(name).read_text() not in written


def test_no_secret_is_on_a_command_line(site: Site) -> None:
    lines = [Path(f"/proc/{one.pid}/cmdline").read_bytes() for one in site.processes.values()]
    password = site.secret("redis_password").read_bytes()
    assert not [line for line in lines if password in line]
