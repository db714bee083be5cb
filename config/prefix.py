"""The site below a prefix, as in https://example.org/ml/: requests arrive with it or without."""

from typing import Any

Scope = dict[str, Any]


def below(scope: Scope, default: str) -> Scope:
    """The request's scope, with the server's prefix (`--root-path`), else the `default` one.

    The path then begins with the prefix exactly once, as ASGI wants it, whether the proxy in front
    passes it on or strips it. The server itself puts `--root-path` before every path.
    """
    prefix = str(scope.get("root_path") or default).rstrip("/")
    if not prefix:
        return scope
    path = _within(_within(scope["path"], prefix), prefix)
    return {**scope, "root_path": prefix, "path": prefix + path}


def path_within(scope: Scope) -> str:
    """The path of a scope that `below` returned, without the prefix."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", ""))


def _within(path: str, prefix: str) -> str:
    if path == prefix:
        return "/"
    return path.removeprefix(prefix) if path.startswith(f"{prefix}/") else path
