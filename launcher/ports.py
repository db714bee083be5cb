"""Ports: is one taken, and which one is free."""

import errno
import secrets
import socket

from launcher.errors import LaunchError

# Above it the kernel hands ports to outgoing connections, which can take one between our look
# and the server's bind.
FIRST_PORT, EPHEMERAL_PORT = 20_000, 32_768
LAST_PORT = 65_535
TRIES = 50


def bind_error(host: str, port: int) -> OSError | None:
    """Why this address cannot be listened on, or nothing when it can."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        # As the server does it: connections of the last run that linger do not count as taken.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            return error
    return None


def require_free(host: str, port: int) -> None:
    """Refuse an address that cannot be listened on, and say what to do about it."""
    error = bind_error(host, port)
    if error is None:
        return
    if error.errno == errno.EADDRINUSE:
        raise LaunchError(
            f"Port {port} is taken by another program. Stop that one, or choose another port: "
            f"PORT={port + 1 if port < LAST_PORT else 8000} make run"
        )
    raise LaunchError(f"Cannot listen on {host} port {port}: {error.strerror or error}.")


def free_port(host: str = "127.0.0.1") -> int:
    """A port that nobody listens on now; another process may take it first."""
    for _ in range(TRIES):
        # Not by `random`: two processes that have seeded it alike would take the same ports.
        port = FIRST_PORT + secrets.randbelow(EPHEMERAL_PORT - FIRST_PORT)
        if bind_error(host, port) is None:
            return port
    raise LaunchError(f"Found no free port between {FIRST_PORT} and {EPHEMERAL_PORT} on {host}.")
