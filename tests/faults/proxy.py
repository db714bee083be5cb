"""A proxy that cuts every connection after a while, as bad networks do."""

import select
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class CuttingProxy:
    """Passes bytes on to `target` on loopback; `seconds` after it opened, a connection is cut."""

    target: int
    seconds: float
    listener: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))
    cuts: int = 0

    @property
    def port(self) -> int:
        return int(self.listener.getsockname()[1])

    def serve(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:  # closed: the test is over
                return
            threading.Thread(target=self._pass_on, args=(client,), daemon=True).start()

    def _pass_on(self, client: socket.socket) -> None:
        deadline = time.monotonic() + self.seconds
        with client, socket.create_connection(("127.0.0.1", self.target)) as server:
            other = {client: server, server: client}
            while (left := deadline - time.monotonic()) > 0:
                for ready in select.select([client, server], [], [], left)[0]:
                    if not (data := ready.recv(65536)):
                        return
                    other[ready].sendall(data)
            self.cuts += 1


@contextmanager
def cutting_proxy(target: int, seconds: float) -> Iterator[CuttingProxy]:
    proxy = CuttingProxy(target, seconds)
    thread = threading.Thread(target=proxy.serve, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.listener.shutdown(socket.SHUT_RDWR)
        proxy.listener.close()
        thread.join()
