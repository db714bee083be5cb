"""What a start was asked for, read once from the environment."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from launcher.errors import LaunchError
from launcher.ports import LAST_PORT

DEFAULT_PORT = "8000"
DEFAULT_HOST = "127.0.0.1"
# What a child is given of the environment that we were started in, besides our own `WEIGHTWISE_`
# variables: how to find programs, the person, certificates and a way out to the network, and which
# graphics card to use. Everything else is other programs' (a shell that has conda active exports
# dozens), and some of it would steer Django, Celery, uvicorn, libpq, Keras or Python itself.
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
    """What the platform's processes see of the environment that it was started in."""

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
        # Not HOST: shells and compilers' environments export it with other meanings.
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
    """The environment that every process of the platform is started with, all of it."""
    return {
        **settings.passed_on,
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        # A person's language is none of a server's business; names of files may be in any.
        "LANG": "C.UTF-8",
        "PYTHONUTF8": "1",
        # Without it a child's lines would sit in its buffer while the reader waits for them.
        "PYTHONUNBUFFERED": "1",
        # TensorFlow's notes about the processor would bury the address that was printed last.
        "TF_CPP_MIN_LOG_LEVEL": "3",
        # A proxy is for the world outside; it cannot reach our loopback.
        "no_proxy": LOOPBACK,
        "PORT": str(settings.port),
        "REDIS_URL": redis_url,
        "TMPDIR": scratch,
        "WEIGHTWISE_DATA": str(settings.data),
        "WEIGHTWISE_WEB_PROCESSES": web_processes(settings.passed_on),
    }


def web_processes(environment: Mapping[str, str]) -> str:
    """How many were asked for; empty for as many as there are cores.

    On SQLite one is enough: its writers wait for one another wherever they are, and the trainer of
    one machine wants the other cores.
    """
    asked = environment.get("WEIGHTWISE_WEB_PROCESSES", "")
    on_sqlite = (_database_url(environment) or "sqlite").startswith("sqlite")
    return asked or ("1" if on_sqlite else "")


def _database_url(environment: Mapping[str, str]) -> str:
    """What the platform will read; a file that cannot be read is its own to complain about."""
    file = environment.get("DATABASE_URL_FILE")
    try:
        return Path(file).read_text().strip() if file else environment.get("DATABASE_URL", "")
    except (OSError, ValueError):
        return ""
