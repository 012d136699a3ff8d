import asyncio

import httpx
import pytest
from fastapi import FastAPI

from <%= it.package %>.calls.deadline import deadline

from .doubles import Clock, calls_to

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(("left", "given"), [(None, "5000"), (60.0, "5000"), (1.5, "1500")])
async def test_a_target_hears_how_long_it_may_take(left: float | None, given: str) -> None:
    heard: list[str] = []

    async def answer(request: httpx.Request) -> httpx.Response:
        heard.append(request.headers["x-time-left-ms"])
        return httpx.Response(200)

    clock = Clock()
    client = calls_to(answer, clock).client("stock", "http://stock")
    if left is None:
        await client.get("/")
    else:
        with clock.deadline_in(left):
            await client.get("/")
    assert heard == [given]


async def test_a_call_is_given_up_when_the_request_has_no_more_time() -> None:
    async def hang(_: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    clock = Clock()
    client = calls_to(hang, clock).client("stock", "http://stock")
    with clock.deadline_in(0.01), pytest.raises(httpx.ReadTimeout):
        await client.get("/")


async def test_a_request_has_the_deadline_that_its_caller_gave(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    @app.get("/deadline")
    async def has_deadline() -> bool:
        return deadline.get() is not None

    assert (await client.get("/deadline", headers={"x-time-left-ms": "60000"})).json() is True
    assert (await client.get("/deadline", headers={"x-time-left-ms": "soon"})).json() is False
    assert (await client.get("/deadline")).json() is False


async def test_a_request_ends_when_its_caller_has_stopped_waiting(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    ended = asyncio.Event()

    @app.get("/hang")
    async def hang() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    response = await client.get("/hang", headers={"x-time-left-ms": "20"})

    assert response.status_code == 504
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["request_id"] == response.headers["x-request-id"]
    assert ended.is_set()


async def test_a_request_that_comes_too_late_is_not_begun(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    begun = asyncio.Event()

    @app.get("/begin")
    async def begin() -> None:
        begun.set()

    assert (await client.get("/begin", headers={"x-time-left-ms": "0"})).status_code == 504
    assert not begun.is_set()


async def test_a_bug_is_not_taken_for_a_deadline(app: FastAPI, client: httpx.AsyncClient) -> None:
    @app.get("/bug")
    async def bug() -> None:
        raise TimeoutError

    assert (await client.get("/bug", headers={"x-time-left-ms": "60000"})).status_code == 500
