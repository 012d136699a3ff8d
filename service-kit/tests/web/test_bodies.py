import asyncio
import resource
from collections.abc import AsyncIterator

import pytest
from fastapi import Request
from starlette.types import Receive, Scope, Send

from gennet_service_kit.settings import MIB, ServiceSettings
from gennet_service_kit.testing.fixtures import Logged
from gennet_service_kit.testing.talking import talking_to

from .sample import create_app
from .serving import Served, closed, serving

pytestmark = pytest.mark.anyio

SMALL = ServiceSettings(max_body_bytes=1000, max_buffered_bytes=2000)


def peak_mib() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


async def parts(count: int, size: int = MIB) -> AsyncIterator[bytes]:
    yield b'{"name": "'
    for _ in range(count):
        yield b"x" * size
    yield b'"}'


@pytest.fixture
async def small() -> AsyncIterator[Served]:
    app = create_app(SMALL)

    @app.post("/echo")
    async def echo(request: Request) -> int:
        return len(await request.body())

    async with serving(app, SMALL) as served:
        yield served


@pytest.mark.parametrize("declared", [True, False])
async def test_a_large_request_is_refused_before_it_is_in_memory(
    logged: Logged, declared: bool
) -> None:
    headers = {"content-type": "application/json"}
    if declared:
        headers["content-length"] = str(100 * MIB + 12)
    async with serving(create_app()) as served:
        before = peak_mib()
        response = await served.http.post("/items", content=parts(100), headers=headers)
        grown = peak_mib() - before

    assert response.status_code == 413
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["connection"] == "close"
    assert response.json()["request_id"] == response.headers["x-request-id"]
    assert grown < 32
    [line] = logged("request")
    assert (line["status"], line["reason"]) == (413, "body too large")


@pytest.mark.parametrize(("size", "status"), [(1000, 200), (1001, 413)])
@pytest.mark.parametrize("declared", [True, False])
async def test_a_body_up_to_the_limit_is_read(
    small: Served, size: int, status: int, declared: bool
) -> None:
    async def body() -> AsyncIterator[bytes]:
        yield b"x" * size

    headers = {"content-length": str(size)} if declared else {}
    response = await small.http.post("/echo", content=body(), headers=headers)
    assert response.status_code == status


async def test_a_client_that_asks_first_need_not_send_a_large_body(small: Served) -> None:
    reader, writer = await small.send(
        b"POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 5000\r\nexpect: 100-continue\r\n\r\n"
    )
    assert (await reader.readline()).startswith(b"HTTP/1.1 413 ")
    writer.close()


async def test_a_route_that_swallows_the_refusal_has_its_connection_closed(
    logged: Logged,
) -> None:
    app = create_app(SMALL)

    @app.post("/swallow")
    async def swallow(request: Request) -> str:
        try:
            await request.body()
        except Exception:
            return "whatever"
        return "read"

    async with serving(app, SMALL) as served:
        response = await served.http.post("/swallow", content=parts(2, 1000))
    assert (response.json(), response.headers["connection"]) == ("whatever", "close")
    assert logged("request")[0]["reason"] == "body too large"


async def mounted(_: Scope, receive: Receive, __: Send) -> None:
    while (await receive())["more_body"]:
        pass


async def test_a_refusal_is_answered_for_applications_that_are_not_of_the_framework() -> None:
    app = create_app(SMALL)
    app.mount("/mounted", mounted)
    async with serving(app, SMALL) as served:
        response = await served.http.post("/mounted/x", content=parts(2, 1000))
    assert response.status_code == 413


async def test_bodies_that_are_too_large_together_are_refused_for_a_moment(
    logged: Logged,
) -> None:
    app = create_app(SMALL)
    held, go_on = asyncio.Semaphore(0), asyncio.Event()

    @app.post("/hold")
    async def hold(request: Request) -> int:
        body = await request.body()
        held.release()
        await go_on.wait()
        return len(body)

    async with talking_to(app) as client:
        holding = [asyncio.create_task(client.post("/hold", content=b"x" * 1000)) for _ in "12"]
        for _ in holding:
            await held.acquire()
        refused = await client.post("/hold", content=b"x")
        go_on.set()
        assert [(await task).status_code for task in holding] == [200, 200]
        later = await client.post("/hold", content=b"x" * 1000)

    assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
    assert later.status_code == 200
    assert next(line.get("reason") for line in logged("request")) == "too many bytes buffered"


async def test_a_body_that_does_not_arrive_in_time_is_given_up(logged: Logged) -> None:
    settings = ServiceSettings(request_seconds=0.1)
    async with serving(create_app(settings), settings) as served:
        reader, writer = await served.send(
            b"POST /items HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
            b"content-length: 100\r\n\r\n{"
        )
        answer = await closed(reader)
        writer.close()

    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"application/problem+json" in answer
    assert logged("request")[0]["reason"] == "body too slow"


async def test_a_body_that_breaks_off_ends_its_request(small: Served, logged: Logged) -> None:
    _, writer = await small.send(b"POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{")
    writer.close()
    async with asyncio.timeout(20):
        while not logged("request"):  # noqa: ASYNC110 - nothing signals this
            await asyncio.sleep(0.001)


async def test_the_rest_of_a_refused_body_is_not_waited_for_long(small: Served) -> None:
    reader, writer = await small.send(
        b"POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 5000\r\n\r\n"
    )
    answer = await closed(reader)
    writer.close()
    assert answer.startswith(b"HTTP/1.1 413 ")
