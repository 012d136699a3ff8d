"""Answers that routes do not give, or give in part."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from gennet_service_kit.testing.fixtures import Logged

from .serving import serving

pytestmark = pytest.mark.anyio

START = {"type": "http.response.start", "status": 200, "headers": []}


async def silent(_: Scope, __: Receive, ___: Send) -> None:
    """Gives no answer."""


async def partial(_: Scope, __: Receive, send: Send) -> None:
    await send(START)
    await send({"type": "http.response.body", "body": b"half", "more_body": True})


async def test_a_request_that_nothing_answers_is_a_failed_one(app: FastAPI, logged: Logged) -> None:
    app.mount("/silent", silent)
    async with serving(app) as served:
        response = await served.http.get("/silent/x")

    assert response.status_code == 500
    assert response.headers["content-type"] == "application/problem+json"
    [line] = logged("route without an answer")
    assert line["request_id"] == response.headers["x-request-id"]
    assert logged("request")[0]["status"] == 500


async def test_an_answer_that_breaks_off_is_logged_and_its_connection_cut(
    app: FastAPI, logged: Logged
) -> None:
    app.mount("/partial", partial)
    async with serving(app) as served:
        with pytest.raises(httpx.RemoteProtocolError):
            await served.http.get("/partial/x", headers={"x-request-id": "cut"})

    assert logged("answer broke off")[0]["request_id"] == "cut"
    assert len(logged("request")) == 1


async def test_a_bug_in_the_middle_of_an_answer_is_logged_and_its_connection_cut(
    app: FastAPI, logged: Logged
) -> None:
    @app.get("/stream")
    async def stream() -> StreamingResponse:
        async def parts() -> AsyncIterator[bytes]:
            yield b"half"
            raise RuntimeError("broken")

        return StreamingResponse(parts())

    async with serving(app) as served:
        with pytest.raises(httpx.RemoteProtocolError):
            await served.http.get("/stream", headers={"x-request-id": "cut"})

    [line] = logged("request failed")
    assert line["request_id"] == "cut"
    assert "RuntimeError: broken" in line["exception"]


async def test_waiting_for_something_that_is_cancelled_is_a_bug_and_no_end_of_the_request(
    app: FastAPI, client: httpx.AsyncClient, logged: Logged
) -> None:
    @app.get("/await")
    async def wait() -> None:
        task = asyncio.create_task(asyncio.sleep(60))
        task.cancel()
        await task

    response = await client.get("/await")

    assert response.status_code == 500
    assert "CancelledError" in logged("request failed")[0]["exception"]


async def test_what_is_no_request_is_the_application_s_alone(app: FastAPI) -> None:
    sent = []

    async def send(message: object) -> None:
        sent.append(message)

    async def connect() -> dict[str, str]:
        return {"type": "websocket.connect"}

    scope = {"type": "websocket", "path": "/nowhere", "headers": [], "query_string": b""}
    await app(scope, connect, send)
    assert sent == [{"type": "websocket.close", "code": 1000, "reason": ""}]
