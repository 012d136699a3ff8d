"""Asks one server for one path, as fast as it answers or at a rate, over connections that it keeps.

    python load.py PORT PATH CONNECTIONS SECONDS [REQUESTS-PER-SECOND]

Each connection waits for its answer before it asks again. At a rate, a request that could not be
sent in time counts from when it should have been. Prints JSON: the requests per second, the
latencies in milliseconds, and the share of a core that this process itself took.
"""

import asyncio
import json
import sys
import time
from typing import cast

WARM_UP_SECONDS = 0.5


class Client(asyncio.Protocol):
    """One connection, which asks every `period` seconds, or at once where that is 0."""

    def __init__(
        self, request: bytes, latencies: list[float], offset: float, period: float
    ) -> None:
        self._request = request
        self._latencies = latencies
        self._period = period
        self._due = time.perf_counter() + offset
        self._answer = b""
        self._sent = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Asks for the first time."""
        self._transport = cast(asyncio.Transport, transport)
        self._wait()

    def _wait(self) -> None:
        """Asks when it is time to."""
        early = self._due - time.perf_counter()
        if self._period and early > 0:
            asyncio.get_running_loop().call_later(early, self._ask, True)
        else:
            self._ask(False)

    def _ask(self, in_time: bool) -> None:
        now = time.perf_counter()
        # The timer of this process may be late, which is no fault of the server.
        self._sent = now if in_time or not self._period else self._due
        self._due += self._period
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Asks again when the answer is complete."""
        answer = self._answer = self._answer + data
        head, found, body = answer.partition(b"\r\n\r\n")
        if not found or len(body) < length_of(head):
            return
        if not answer.startswith(b"HTTP/1.1 200 "):
            raise SystemExit(f"unexpected answer: {answer!r}")
        self._latencies.append(time.perf_counter() - self._sent)
        self._answer = b""
        self._wait()


def length_of(head: bytes) -> int:
    """Returns how long the body of an answer is."""
    return int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])


async def load(
    port: int, path: str, connections: int, seconds: float, rate: float
) -> dict[str, float]:
    """Returns what was measured."""
    loop = asyncio.get_running_loop()
    request = f"GET {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\naccept: */*\r\n\r\n".encode()
    latencies: list[float] = []
    period = connections / rate if rate else 0.0
    for number in range(connections):
        offset = period * number / connections

        def client(offset: float = offset) -> Client:
            return Client(request, latencies, offset, period)

        await loop.create_connection(client, "127.0.0.1", port)
    await asyncio.sleep(WARM_UP_SECONDS)
    latencies.clear()
    began, cpu = time.perf_counter(), time.process_time()
    await asyncio.sleep(seconds)
    count, took = len(latencies), time.perf_counter() - began
    if not count:
        raise SystemExit("no answer")
    ordered = sorted(latencies[:count])
    return {
        "count": count,
        "per_second": count / took,
        "p50_ms": ordered[count // 2] * 1000,
        "p99_ms": ordered[count * 99 // 100] * 1000,
        "own_cpu": (time.process_time() - cpu) / took,
    }


if __name__ == "__main__":
    port, path, connections, seconds, *rate = sys.argv[1:]
    measured = load(
        int(port), path, int(connections), float(seconds), float(rate[0] if rate else 0)
    )
    print(json.dumps(asyncio.run(measured)))
