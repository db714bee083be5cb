"""What a start was asked for, read once from the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from launcher.errors import LaunchError
from launcher.ports import LAST_PORT

DEFAULT_PORT = "8000"
DEFAULT_HOST = "127.0.0.1"
WILDCARDS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared with, not bound to


@dataclass(frozen=True)
class Settings:
    """Where the platform lives, where it listens and which broker it was given."""

    root: Path
    data: Path
    host: str
    port: int
    redis_url: str | None

    @property
    def address(self) -> str:
        """The address for a browser on this machine (a wildcard host is no address)."""
        host = WILDCARDS.get(self.host, self.host)
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}/"


def read_settings(environment: Mapping[str, str], root: Path) -> Settings:
    """Read the documented variables; an empty one counts as not given."""
    data = environment.get("WEIGHTWISE_DATA") or root / ".data"
    return Settings(
        root=root,
        data=Path(root, data),
        host=environment.get("HOST") or DEFAULT_HOST,
        port=read_port(environment.get("PORT") or DEFAULT_PORT),
        redis_url=environment.get("REDIS_URL") or None,
    )


def read_port(text: str) -> int:
    """A port number, or a line that says what one looks like."""
    if text.isascii() and text.isdigit() and 1 <= int(text) <= LAST_PORT:
        return int(text)
    raise LaunchError(f"PORT={text} is not a port number between 1 and {LAST_PORT}.")


def child_environment(settings: Settings, redis_url: str, scratch: str) -> dict[str, str]:
    """The environment that every process of the platform is started with."""
    return {
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        # TensorFlow's notes about the processor would bury the address that was printed last.
        "TF_CPP_MIN_LOG_LEVEL": "3",
        **os.environ,
        # Without it a child's lines would sit in its buffer while the reader waits for them.
        "PYTHONUNBUFFERED": "1",
        "PORT": str(settings.port),
        "REDIS_URL": redis_url,
        "TMPDIR": scratch,
        "WEIGHTWISE_DATA": str(settings.data),
    }
