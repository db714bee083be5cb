"""`python -m benchmarks.viewers PORT RUN COUNT FILE`: many viewers of one run, in one process.

Prints "open" when all have their stream. When all streams have ended it writes one row a viewer to
FILE (numpy): the time in seconds since 1970 at which each event arrived, by its number; 0 where it
never did, and the number of events that came twice in front.
"""

import asyncio
import re
import sys
import time
from collections.abc import Iterator

import numpy as np

# The first event of a chunk of HTTP follows a line with the chunk's length.
NUMBER = re.compile(rb"(?:^|\n)id: (\d+)\n")
AT_A_TIME = 50


class Viewer(asyncio.Protocol):
    """Notes when the blank line after each event arrived."""

    def __init__(self, request: bytes) -> None:
        loop = asyncio.get_running_loop()
        self.request, self.buffer = request, b""
        self.opened: asyncio.Future[None] = loop.create_future()
        self.closed: asyncio.Future[None] = loop.create_future()
        self.arrivals: dict[int, float] = {}
        self.repeated = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.write(self.request)  # type: ignore[attr-defined]  # it is a WriteTransport

    def data_received(self, data: bytes) -> None:
        now = time.time()
        if not self.opened.done():
            self.opened.set_result(None)
        *whole, self.buffer = (self.buffer + data).split(b"\n\n")
        for event in whole:
            if found := NUMBER.search(event):
                number = int(found[1])
                self.repeated += number in self.arrivals
                self.arrivals.setdefault(number, now)

    def connection_lost(self, exc: Exception | None) -> None:
        for future in (self.opened, self.closed):
            if not future.done():
                future.set_result(None)


async def watch(port: int, run: str, count: int) -> list[Viewer]:
    """Opens all streams, a few at a time, and waits for the end of every one."""
    request = (
        f"GET /runs/{run}/events HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    ).encode()
    loop = asyncio.get_running_loop()
    viewers: list[Viewer] = []
    while len(viewers) < count:
        opening = [
            loop.create_connection(lambda: Viewer(request), "127.0.0.1", port)
            for _ in range(min(AT_A_TIME, count - len(viewers)))
        ]
        opened = [viewer for _, viewer in await asyncio.gather(*opening)]
        await asyncio.gather(*(viewer.opened for viewer in opened))
        viewers += opened
    sys.stdout.write("open\n")
    sys.stdout.flush()
    await asyncio.gather(*(viewer.closed for viewer in viewers))
    return viewers


def rows(viewers: list[Viewer]) -> Iterator[list[float]]:
    last = max(max(viewer.arrivals, default=0) for viewer in viewers)
    for viewer in viewers:
        arrivals = [viewer.arrivals.get(number, 0.0) for number in range(1, last + 1)]
        yield [float(viewer.repeated), *arrivals]


def main() -> None:
    port, run, count, file = sys.argv[1:]
    viewers = asyncio.run(watch(int(port), run, int(count)))
    np.save(file, np.array(list(rows(viewers))))


if __name__ == "__main__":
    main()
