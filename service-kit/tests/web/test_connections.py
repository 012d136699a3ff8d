import asyncio
from collections.abc import Callable

import pytest
from fastapi import FastAPI, Response

from gennet_service_kit.requests.connections import Connections, HttpConnection
from gennet_service_kit.settings import MIB, ServiceSettings
from gennet_service_kit.testing.fixtures import Logged
from gennet_service_kit.testing.talking import talking_to

from .sample import create_app
from .serving import Served, closed, serving

pytestmark = pytest.mark.anyio

GET = b"GET /items HTTP/1.1\r\nhost: x\r\n\r\n"
LIMITS = ServiceSettings(
    header_seconds=10, stall_seconds=30, keep_alive_seconds=3600, max_connections=3
)


class Watch:
    """Looks at the connections of a server when a test says so, at the time that it says."""

    def __init__(self, served: Served) -> None:
        self.now = 0.0
        self._served = served
        self._connections = Connections(LIMITS, lambda: self.now)

    @property
    def states(self) -> list[str]:
        connections = self._served.server.server_state.connections
        return sorted(each.state()[0] for each in connections if isinstance(each, HttpConnection))

    async def until(self, *states: str) -> None:
        await until(lambda: self.states == sorted(states))

    def look(self, seconds: float) -> None:
        """Looks when these seconds have passed."""
        self.now += seconds
        self._connections.look(self._served.server.server_state)


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not holds():  # noqa: ASYNC110 - nothing signals this
            await asyncio.sleep(0.001)


async def answered(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.split(b"content-length: ")[1].split(b"\r\n")[0])
    return head + await reader.readexactly(length)


@pytest.mark.parametrize("sent", [b"", b"GET /items HTTP/1.1\r\nhost", GET + b"GET /it"])
async def test_headers_that_do_not_arrive_in_time_end_the_connection(
    app: FastAPI, sent: bytes
) -> None:
    async with serving(app) as served:
        watch = Watch(served)
        reader, writer = await served.send(sent)
        if sent.startswith(GET):
            await answered(reader)
        await watch.until("head")
        watch.look(0)
        watch.look(9)
        assert watch.states == ["head"]
        # More of them gains no time.
        writer.write(b"a: b\r\n")
        watch.look(2)
        assert await closed(reader) == b""
        writer.close()


async def test_each_request_of_a_connection_has_the_time_for_its_headers(app: FastAPI) -> None:
    async with serving(app) as served:
        watch = Watch(served)
        reader, writer = await served.send(GET)
        await answered(reader)
        await watch.until("idle")
        watch.look(0)
        watch.look(600)
        for _ in range(2):
            writer.write(GET[:9])
            await watch.until("head")
            watch.look(0)
            watch.look(9)
            writer.write(GET[9:])
            await answered(reader)
            await watch.until("idle")
            watch.look(9)
        writer.close()


async def test_a_running_request_is_left_to_its_deadline(app: FastAPI) -> None:
    go_on = asyncio.Event()

    @app.get("/busy")
    async def busy() -> None:
        await go_on.wait()

    async with serving(app) as served:
        watch = Watch(served)
        reader, writer = await served.send(GET.replace(b"/items", b"/busy"))
        await watch.until("answering")
        watch.look(0)
        watch.look(3600)
        go_on.set()
        assert b"HTTP/1.1 200" in await answered(reader)
        writer.close()


async def test_a_connection_waits_for_its_next_request_for_a_bounded_time(app: FastAPI) -> None:
    async with serving(app, ServiceSettings(keep_alive_seconds=1)) as served:
        reader, writer = await served.send(GET)
        await answered(reader)
        assert await closed(reader) == b""
        writer.close()


@pytest.mark.parametrize(
    "sent",
    [b"GET / HTTP/1.1\r\nx: " + b"x" * 400_000, GET + b"GET / HTTP/1.1\r\n" + b"a:b\r\n" * 80_000],
)
async def test_endless_headers_end_the_connection(
    app: FastAPI, sent: bytes, logged: Logged
) -> None:
    async with serving(app) as served:
        reader, writer = await served.send(b"")
        writer.write(sent)
        await closed(reader)
        writer.close()
    assert len(logged("connection closed")) == 1


async def test_requests_far_ahead_of_their_answers_end_the_connection(app: FastAPI) -> None:
    async with serving(app) as served:
        reader, writer = await served.send(GET * 4)
        for _ in range(4):
            await answered(reader)
        writer.write(GET * 100)
        assert (await closed(reader)).count(b"HTTP/1.1 200") < 100
        writer.close()


async def test_an_answer_that_is_not_read_ends_the_connection(app: FastAPI) -> None:
    @app.get("/large")
    async def large() -> Response:
        return Response(b"x" * 32 * MIB)

    async with serving(app) as served:
        watch = Watch(served)
        reader, writer = await served.send(GET.replace(b"/items", b"/large"))
        await watch.until("sending")
        watch.look(0)
        for _ in range(4):
            # A slow client that reads is left alone.
            less_than = unsent_bytes(served) - MIB
            await reader.readexactly(2 * MIB)
            while unsent_bytes(served) > less_than:  # noqa: ASYNC110 - nothing signals this
                await asyncio.sleep(0.001)
            watch.look(29)
        assert watch.states == ["sending"]
        async with asyncio.timeout(30):
            while watch.states:
                watch.look(31)
                await asyncio.sleep(0.001)
        writer.close()


def unsent_bytes(served: Served) -> int:
    [connection] = served.server.server_state.connections
    assert isinstance(connection, HttpConnection)
    return connection.transport.get_write_buffer_size()


async def test_with_too_many_connections_the_idle_ones_are_closed(
    app: FastAPI, logged: Logged
) -> None:
    running, go_on = asyncio.Event(), asyncio.Event()

    @app.get("/busy")
    async def busy() -> None:
        running.set()
        await go_on.wait()

    async with serving(app) as served:
        watch = Watch(served)
        busy_reader, busy_writer = await served.send(GET.replace(b"/items", b"/busy"))
        await running.wait()
        idle = []
        for number in range(5):
            reader, writer = await served.send(GET)
            await answered(reader)
            idle.append((reader, writer))
            await watch.until("answering", *["idle"] * len(idle))
            if number < 2:
                watch.look(1)
        assert logged("too many connections") == []
        watch.look(1)
        # Those that waited longest are among them.
        for reader, _ in idle[:2]:
            assert await closed(reader) == b""
        await watch.until("answering", "idle", "idle")
        watch.look(1)
        go_on.set()
        assert b"HTTP/1.1 200" in await answered(busy_reader)
        for _, writer in [*idle, (busy_reader, busy_writer)]:
            writer.close()
    assert len(logged("too many connections")) == 1


async def test_the_server_watches_its_connections_by_itself(app: FastAPI) -> None:
    async with serving(app, ServiceSettings(header_seconds=0.01)) as served:
        reader, writer = await served.send(b"GET ")
        assert await closed(reader) == b""
        writer.close()


async def test_a_crowd_is_refused_and_probes_are_answered(logged: Logged) -> None:
    app = create_app(ServiceSettings(max_requests=2))
    running, go_on = asyncio.Semaphore(0), asyncio.Event()

    @app.get("/busy")
    async def busy() -> None:
        running.release()
        await go_on.wait()

    async with talking_to(app) as client:
        busy_ones = [asyncio.create_task(client.get("/busy")) for _ in range(2)]
        for _ in busy_ones:
            await running.acquire()
        refused = await client.get("/items")
        probes = [await client.get(path) for path in ("/health/live", "/health/ready", "/metrics")]
        go_on.set()
        assert [(await task).status_code for task in busy_ones] == [200, 200]
        later = await client.get("/items")

    assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
    assert refused.headers["content-type"] == "application/problem+json"
    assert [probe.status_code for probe in probes] == [200, 200, 200]
    assert later.status_code == 200
    assert logged("request")[0]["reason"] == "too many requests"
