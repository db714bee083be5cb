"""Reads the environment. Each value may also stand in a file named by `<NAME>_FILE`.

An empty value counts as none: docker-compose.yml passes every variable on, set or not.
"""

import re
import secrets
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured
from environ.fileaware_mapping import FileAwareMapping


class _FromFiles(FileAwareMapping):  # type: ignore[misc]  # django-environ has no types
    """The environment and its files, without what is empty and the newline that ends a file."""

    def __getitem__(self, key: str) -> str:
        value: str = super().__getitem__(key).strip()
        if not value:
            raise KeyError(key)
        return value


class _Environment(environ.Env):  # type: ignore[misc]  # django-environ has no types
    ENVIRON = _FromFiles()


env = _Environment()

ROOT = Path(__file__).resolve().parent.parent


def require(*names: str) -> dict[str, str]:
    """Values of `names`; raises ImproperlyConfigured that names every missing one at once."""
    values: dict[str, str] = {name: env.str(name, default="") for name in names}
    missing = [name for name, value in values.items() if not value]
    if missing:
        raise ImproperlyConfigured(
            f"Set {', '.join(missing)} in the environment, or {missing[0]}_FILE to a file's path."
        )
    return values


def data_folder() -> Path:
    """Where the SQLite file, data sets and generated secrets live; made when missing."""
    folder = Path(env.str("WEIGHTWISE_DATA", default=str(ROOT / ".data"))).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def url_prefix(text: str) -> str:
    """The prefix as addresses begin with it: "/ml" for "ml", "/ml" and "/ml/"; "" for none.

    Raises ImproperlyConfigured for anything but a path.
    """
    bare = text.strip("/")
    if not re.fullmatch(r"[\w.~/-]*", bare, re.ASCII) or "//" in bare:
        raise ImproperlyConfigured(
            f"WEIGHTWISE_URL_PREFIX={text} is not a path: use letters, digits, “-”, “_”, “.” and"
            " “~”, as in /ml."
        )
    return f"/{bare}" if bare else ""


def kept_secret(path: Path) -> str:
    """The secret in `path`, made on first use so that a restart keeps everyone signed in."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text()
