"""The services of docker-compose.yml as they are, under a project name of their own."""

import re
import shlex
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.containers.engine import Engine, Failed, answer
from tests.deploy.visitor import HOST, Visitor
from tests.servers import ROOT

PROJECT = "weightwise-check"
VERSION = "check"
IMAGES = {name: f"weightwise-{name}:{VERSION}" for name in ("web", "worker")}
LASTING = ("db", "redis", "web", "worker", "scheduler")
WORKERS = 2
# As docs/operations.md writes the command that starts all others.
DOCUMENTED = "docker compose --env-file /etc/weightwise/env"
# The last resort for everything that is waited for: many times what a busy machine needs.
SECONDS = 900
TICK = 0.5
OURS = f"label=com.docker.compose.project={PROJECT}"


def eventually(probe: Callable[[], bool], what: str, tick: float = TICK) -> None:
    """Ask until the answer is yes. Raises Failed when it is not, in the end."""
    deadline = time.monotonic() + SECONDS
    while not probe():
        if time.monotonic() > deadline:
            raise Failed(f"{what} within {SECONDS} seconds.")
        time.sleep(tick)


@dataclass(frozen=True)
class Site:
    """Production on this machine's loopback; `folder` has its secrets and its variables."""

    engine: Engine
    folder: Path
    port: int

    @property
    def command(self) -> list[str]:
        """What stands for `docker compose --env-file ...` here."""
        files = [ROOT / "docker-compose.yml", *self.engine.beside]
        options = ["--env-file", str(self.folder / "env"), "--project-name", PROJECT]
        named = [word for file in files for word in ("--file", str(file))]
        return [*self.engine.compose, *options, *named]

    def compose(self, *words: str) -> str:
        """A command of docker compose."""
        return answer(self.engine.start([*self.command, *words]))

    def documented(self, text: str) -> None:
        """Shell commands as docs/operations.md has them, in the folder of this site."""
        if DOCUMENTED not in text:
            raise Failed(f"docs/operations.md does not start compose as expected:\n{text}")
        here = text.replace(DOCUMENTED, shlex.join(self.command))
        answer(self.engine.start(["sh", "-euc", here], folder=self.folder))

    def configure(self) -> None:
        """Secrets and variables, made as docs/operations.md has it."""
        secrets = self.folder / "secrets"
        answer(self.engine.start(["scripts/make-secrets.sh", str(secrets), "dummymail://"]))
        variables = {
            "WEIGHTWISE_SECRETS": str(secrets),
            "WEIGHTWISE_ALLOWED_HOSTS": HOST,
            "WEIGHTWISE_CSRF_TRUSTED_ORIGINS": f"https://{HOST}",
            "WEIGHTWISE_VERSION": VERSION,
            "WEIGHTWISE_PORT": str(self.port),
            "WEIGHTWISE_WORKERS": str(WORKERS),
        }
        lines = [f"{name}={value}\n" for name, value in variables.items()]
        (self.folder / "env").write_text("".join(lines))

    def build(self) -> None:
        """Both images; one after the other, so that the second finds the first one's stages."""
        for service in IMAGES:
            self.compose("build", service)

    def start(self) -> None:
        """Every service, in the order of the compose file.

        Podman before 4.6 does not know how to wait for health, and stumbles over a service that
        needs another which needs a third; so each step waits here, and starts only what it names.
        """
        self.up("db", "redis")
        self.wait_for_health("db", "redis")
        self.up("prepare")
        self.wait_for_end("prepare")
        self.up("web", "worker", "scheduler")
        self.wait_until_ready()

    def up(self, *services: str) -> None:
        """Starts these services; what they need is there already."""
        self.compose("up", "--detach", "--no-build", "--no-deps", *services)

    def wait_until_ready(self) -> None:
        """All are healthy by their own checks, and both trainers are warm."""
        self.wait_for_health(*LASTING)
        eventually(self.is_ready, f"The site is not ready with {WORKERS} workers")

    def is_ready(self) -> bool:
        """What /readyz says."""
        try:
            facts = Visitor(self.port).get_json("/readyz")
        except (OSError, ValueError):
            return False
        told = (facts.get("ready"), facts.get("broker"), facts.get("sweep"))
        return told == (True, True, True) and (facts["workers"], facts["warming"]) == (WORKERS, 0)

    def wait_for_health(self, *services: str) -> None:
        for service in services:
            eventually(partial(self.is_healthy, service), f"{service} is not healthy")

    def is_healthy(self, service: str) -> bool:
        """Every container of the service runs and passes its own health check."""
        containers = self.containers(service)
        expected = WORKERS if service == "worker" else 1
        return len(containers) == expected and all(map(self._passes, containers))

    def _passes(self, container: str) -> bool:
        # Podman leaves it to systemd to ask again and again; where there is none, we ask.
        if self.engine.is_podman:
            return self.engine.run("healthcheck", "run", container).returncode == 0
        return self.inspect(container, "{{ .State.Health.Status }}") == "healthy"

    def wait_for_end(self, service: str) -> None:
        """The one-shot service has done its work."""
        template = "{{ .State.Status }} {{ .State.ExitCode }}"
        eventually(
            lambda: self.inspect(self.containers(service, "--all")[0], template) == "exited 0",
            f"{service} has not ended well",
        )

    def containers(self, service: str, *options: str) -> list[str]:
        """The service's containers that run, by their numbers."""
        of_service = f"label=com.docker.compose.service={service}"
        words = ["ps", "--no-trunc", "--quiet", "--filter", OURS, "--filter", of_service]
        return self.engine.ask(*words, *options).split()

    def inspect(self, container: str, template: str) -> str:
        return self.engine.ask("container", "inspect", "--format", template, container)

    def run_in(self, service: str, *words: str) -> str:
        """A command in the service's first container."""
        return self.engine.ask("exec", self.containers(service)[0], *words)

    def query(self, sql: str) -> str:
        """What the database answers, as the site's own role."""
        words = ["psql", "--username", "weightwise", "--dbname", "weightwise"]
        return self.run_in("db", *words, "--no-align", "--tuples-only", "--command", sql)

    def logs(self) -> str:
        """What every container wrote last."""
        containers = self.engine.ask("ps", "--all", "--quiet", "--filter", OURS).split()
        parts = []
        for container in containers:
            done = self.engine.run("logs", "--tail", "40", container)
            name = self.inspect(container, "{{ .Name }} {{ .State.Status }} {{ .State.ExitCode }}")
            parts.append(f"--- {name}\n{done.stdout}{done.stderr}")
        return "\n".join(parts)

    def remove(self) -> None:
        """All that was started or made, whatever state it is in, but for the images."""
        remove_all(self.engine)


def remove_all(engine: Engine) -> None:
    """Containers, networks and volumes of this project, also those of a run that was killed."""
    # Podman removes no container that others were started after, unless they go as well.
    force = ["--force", "--depend"] if engine.is_podman else ["--force"]
    while found := engine.ask("container", "ls", "--all", "--quiet", "--filter", OURS).split():
        engine.ask("container", "rm", *force, found[0])
    for kind in ("network", "volume"):
        if found := engine.ask(kind, "ls", "--quiet", "--filter", OURS).split():
            engine.ask(kind, "rm", *found)


def code_block(heading: str, number: int) -> str:
    """A block of shell commands under a heading of docs/operations.md."""
    text = (ROOT / "docs" / "operations.md").read_text()
    section = text.split(f"\n### {heading}\n")[1].split("\n### ")[0]
    found: list[str] = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)
    return found[number]
