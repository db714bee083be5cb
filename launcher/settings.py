"""What a start was asked for, read once from the environment."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from launcher.errors import LaunchError
from launcher.ports import LAST_PORT

DEFAULT_PORT = "8000"
DEFAULT_HOST = "127.0.0.1"
# The variables that are passed on to children besides our own `WEIGHTWISE_` ones: those that
# describe programs, the user, certificates, the network and the graphics card. Everything else
# belongs to other programs (a shell with conda active exports dozens), and some of it would change
# what Django, Celery, uvicorn, libpq, Keras or Python do.
PASSED_ON = frozenset(
    {
        "CUDA_VISIBLE_DEVICES",
        "DATABASE_URL",
        "HOME",
        "KERAS_HOME",
        "LD_LIBRARY_PATH",
        "LOGNAME",
        "NVIDIA_DRIVER_CAPABILITIES",
        "NVIDIA_VISIBLE_DEVICES",
        "PATH",
        "SSL_CERT_DIR",
        "SSL_CERT_FILE",
        "USER",
        "all_proxy",
        "http_proxy",
        "https_proxy",
        "ALL_PROXY",
        "HTTP_PROXY",
        "HTTPS_PROXY",
    }
)
OURS = "WEIGHTWISE_"
LOOPBACK = "localhost,127.0.0.1,::1"
WILDCARDS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared with, not bound to


@dataclass(frozen=True)
class Settings:
    """Where the platform lives, where it listens and which broker it was given."""

    root: Path
    data: Path
    host: str
    port: int
    redis_url: str | None
    passed_on: Mapping[str, str]
    """The part of our environment that the platform's processes are given."""

    @property
    def address(self) -> str:
        """The address for a browser on this machine (a wildcard host is no address)."""
        host = WILDCARDS.get(self.host, self.host)
        prefix = self.passed_on.get("WEIGHTWISE_URL_PREFIX", "").strip("/")
        path = f"/{prefix}/" if prefix else "/"
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}{path}"


def read_settings(environment: Mapping[str, str], root: Path) -> Settings:
    """Read the documented variables; an empty one counts as not given."""
    data = environment.get("WEIGHTWISE_DATA") or root / ".data"
    return Settings(
        root=root,
        data=Path(root, data),
        # Not HOST: shells and build environments export it with other meanings.
        host=environment.get("WEIGHTWISE_HOST") or DEFAULT_HOST,
        port=read_port(environment.get("PORT") or DEFAULT_PORT),
        redis_url=environment.get("REDIS_URL") or None,
        passed_on={name: value for name, value in environment.items() if is_passed_on(name)},
    )


def is_passed_on(name: str) -> bool:
    """Whether the platform's processes are given this variable."""
    # A secret may stand in a file instead: DATABASE_URL_FILE.
    return name.startswith(OURS) or name.removesuffix("_FILE") in PASSED_ON


def read_port(text: str) -> int:
    """A port number, or a line that says what one looks like."""
    if text.isascii() and text.isdigit() and 1 <= int(text) <= LAST_PORT:
        return int(text)
    raise LaunchError(f"PORT={text} is not a port number between 1 and {LAST_PORT}.")


def child_environment(settings: Settings, redis_url: str, scratch: str) -> dict[str, str]:
    """The complete environment of every process of the platform."""
    return {
        **settings.passed_on,
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        # Independent of the user's language; file names may be in any.
        "LANG": "C.UTF-8",
        "PYTHONUTF8": "1",
        # Without it a child's lines would sit in its buffer while the reader waits for them.
        "PYTHONUNBUFFERED": "1",
        # TensorFlow's notes about the processor would bury the address, which is printed last.
        "TF_CPP_MIN_LOG_LEVEL": "3",
        # A proxy cannot reach our loopback.
        "no_proxy": LOOPBACK,
        "PORT": str(settings.port),
        "REDIS_URL": redis_url,
        "TMPDIR": scratch,
        "WEIGHTWISE_DATA": str(settings.data),
        "WEIGHTWISE_WEB_PROCESSES": web_processes(settings.passed_on),
    }


def web_processes(environment: Mapping[str, str]) -> str:
    """How many were asked for; empty for as many as there are cores.

    On SQLite one is enough: only one process can write at a time, and the trainer on the same
    machine needs the other cores.
    """
    asked = environment.get("WEIGHTWISE_WEB_PROCESSES", "")
    on_sqlite = (_database_url(environment) or "sqlite").startswith("sqlite")
    return asked or ("1" if on_sqlite else "")


def _database_url(environment: Mapping[str, str]) -> str:
    """What the platform will read; it reports a file that cannot be read itself."""
    file = environment.get("DATABASE_URL_FILE")
    try:
        return Path(file).read_text().strip() if file else environment.get("DATABASE_URL", "")
    except (OSError, ValueError):
        return ""
