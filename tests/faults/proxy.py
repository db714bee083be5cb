"""Proxies between a client and a server: one cuts, one silences streams, one adds a prefix."""

import re
import select
import socket
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

REQUEST = re.compile(rb"(?:GET|HEAD|POST) (?P<path>\S+) HTTP")
STREAM = re.compile(rb"GET \S*/events[ ?]")


@dataclass
class LoopbackProxy(ABC):
    """Listens on a free port of loopback; how bytes pass to the port `target` is its own."""

    target: int
    listener: socket.socket = field(
        init=False, default_factory=lambda: socket.create_server(("127.0.0.1", 0))
    )

    @property
    def port(self) -> int:
        return int(self.listener.getsockname()[1])

    def serve(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:  # closed: the test is over
                return
            threading.Thread(target=self._connect, args=(client,), daemon=True).start()

    def _connect(self, client: socket.socket) -> None:
        with client, socket.create_connection(("127.0.0.1", self.target)) as server:
            self.pass_on(client, server)

    @abstractmethod
    def pass_on(self, client: socket.socket, server: socket.socket) -> None:
        """Passes bytes on in both directions until one side closes."""


@dataclass
class CuttingProxy(LoopbackProxy):
    """Cuts each connection `seconds` after it was opened."""

    seconds: float = field(kw_only=True)
    cuts: int = 0

    def pass_on(self, client: socket.socket, server: socket.socket) -> None:
        deadline = time.monotonic() + self.seconds
        other = {client: server, server: client}
        while (left := deadline - time.monotonic()) > 0:
            for ready in select.select([client, server], [], [], left)[0]:
                if not (data := ready.recv(65536)):
                    return
                other[ready].sendall(data)
        self.cuts += 1


@dataclass
class SilencingProxy(LoopbackProxy):
    """Passes everything on, but of each event stream only the first `most` bytes.

    The connection stays open on both sides, so neither learns that no more will come.
    """

    most: int = field(kw_only=True)
    streams: int = 0
    swallowed: int = 0

    def pass_on(self, client: socket.socket, server: socket.socket) -> None:
        left: int | None = None
        for ready, data in chunks(client, server):
            if ready is client:
                if STREAM.match(data):
                    left, self.streams = self.most, self.streams + 1
                server.sendall(data)
            elif left is None:
                client.sendall(data)
            else:
                client.sendall(data[:left])
                self.swallowed += len(data[left:])
                left -= len(data[:left])


@dataclass
class PrefixProxy(LoopbackProxy):
    """Serves `target` below a prefix, which it takes away or passes on, and nothing beside it."""

    prefix: bytes = field(kw_only=True)
    takes_away: bool = field(kw_only=True)
    strays: list[bytes] = field(default_factory=list)

    def pass_on(self, client: socket.socket, server: socket.socket) -> None:
        for ready, data in chunks(client, server):
            if ready is server:
                client.sendall(data)
            elif (asked := self._asked(data)) is None:
                client.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
            else:
                server.sendall(asked)

    def _asked(self, data: bytes) -> bytes | None:
        """What the server is asked; None for what is not below the prefix."""
        request = REQUEST.match(data)
        if not request:
            return data  # the rest of a body
        if not request["path"].startswith(self.prefix + b"/"):
            self.strays.append(request["path"])
            return None
        if not self.takes_away:
            return data
        return data.replace(b" " + self.prefix, b" ", 1)


def chunks(*ends: socket.socket) -> Iterator[tuple[socket.socket, bytes]]:
    """What arrives at any of these ends, until one is closed."""
    while True:
        for ready in select.select(ends, [], [])[0]:
            try:
                data = ready.recv(65536)
            except ConnectionError:
                return
            if not data:
                return
            yield ready, data


Proxy = TypeVar("Proxy", bound=LoopbackProxy)


def prefix_proxy(
    target: int, prefix: str, *, takes_away: bool
) -> AbstractContextManager[PrefixProxy]:
    return _serving(PrefixProxy(target, prefix=prefix.encode(), takes_away=takes_away))


def cutting_proxy(target: int, seconds: float) -> AbstractContextManager[CuttingProxy]:
    return _serving(CuttingProxy(target, seconds=seconds))


def silencing_proxy(target: int, most: int) -> AbstractContextManager[SilencingProxy]:
    return _serving(SilencingProxy(target, most=most))


@contextmanager
def _serving(proxy: Proxy) -> Iterator[Proxy]:
    thread = threading.Thread(target=proxy.serve, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.listener.shutdown(socket.SHUT_RDWR)
        proxy.listener.close()
        thread.join()
