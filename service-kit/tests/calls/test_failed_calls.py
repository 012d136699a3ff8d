"""How failed calls are answered, and what the log says of them."""

import contextlib
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import structlog
from fastapi import FastAPI
from pydantic import BaseModel
from starlette.types import ASGIApp, Receive, Scope, Send
from structlog.typing import EventDict

from gennet_service_kit.calls.outgoing import Outgoing
from gennet_service_kit.calls.service_client import ServiceClient
from gennet_service_kit.testing.talking import talking_to

from .doubles import Clock, never, settings_with

pytestmark = pytest.mark.anyio

SECRET = "of-one-user"  # noqa: S105  (of no one)


class Quote(BaseModel):
    cents: int


def service(network: httpx.MockTransport, **changes: object) -> tuple[FastAPI, Outgoing, Clock]:
    """A service that calls payments for each request."""
    clock = Clock()
    outgoing = Outgoing(settings_with(**changes), clock, network)
    payments = ServiceClient(outgoing.client("payments", "http://payments"))
    app = FastAPI()
    outgoing.install(app)

    app.add_middleware(Bound)

    @app.get("/through")
    async def through() -> Quote:
        return await payments.get(f"/quotes/1?token={SECRET}", Quote)

    return app, outgoing, clock


class Bound:
    """Binds the request's id, as the middleware of services does."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with structlog.contextvars.bound_contextvars(request_id="the-request"):
            await self.app(scope, receive, send)


def raising(error: Exception) -> httpx.MockTransport:
    def fail(_: httpx.Request) -> httpx.Response:
        raise error

    return httpx.MockTransport(fail)


def answering(
    status: int, headers: dict[str, str] | None = None, **body: Any
) -> httpx.MockTransport:
    return httpx.MockTransport(lambda _: httpx.Response(status, headers=headers, **body))


def hang() -> httpx.MockTransport:
    async def answer(_: httpx.Request) -> httpx.Response:
        return await never()

    return httpx.MockTransport(answer)


@pytest.mark.parametrize(
    ("network", "answer", "reason", "status"),
    [
        (lambda: answering(404), 502, "answered 404", 404),
        (lambda: answering(307, {"location": f"/{SECRET}"}), 502, "answered 307", 307),
        (lambda: answering(429), 502, "answered 429", 429),
        (lambda: answering(500, text=SECRET), 502, "answered 500", 500),
        (lambda: answering(503), 502, "answered 503", 503),
        (
            lambda: answering(200, json={"cents": SECRET}),
            502,
            "DecodingError: /quotes/1 is not answered with a Quote: cents: int_parsing",
            200,
        ),
        (
            lambda: answering(200, content=bytes(2000)),
            502,
            "AnswerTooLargeError: the answer is larger than 1024 bytes",
            None,
        ),
        (
            lambda: raising(httpx.ConnectError("[Errno 111] Connection refused")),
            502,
            "ConnectError: [Errno 111] Connection refused",
            None,
        ),
        (
            lambda: raising(httpx.ConnectError("certificate verify failed: Hostname mismatch")),
            502,
            "ConnectError: certificate verify failed: Hostname mismatch",
            None,
        ),
        (
            lambda: raising(httpx.RemoteProtocolError(f"illegal status line: b'{SECRET}'")),
            502,
            "RemoteProtocolError: illegal status line",
            None,
        ),
        (
            lambda: raising(httpx.LocalProtocolError(f"Illegal header value b'{SECRET}'")),
            502,
            "LocalProtocolError",
            None,
        ),
        (lambda: raising(httpx.ConnectTimeout("")), 504, "ConnectTimeout", None),
        (
            lambda: raising(httpx.PoolTimeout("")),
            503,
            "PoolTimeout",
            None,
        ),
        (hang, 504, "ReadTimeout: no answer within 0.050 s", None),
    ],
)
async def test_a_failed_call_is_answered_and_explained_once(
    network: Callable[[], httpx.MockTransport],
    answer: int,
    reason: str,
    status: int | None,
    log: list[EventDict],
) -> None:
    app, _, _ = service(network(), timeout_seconds=0.05, max_answer_mib=1 / 1024)
    async with talking_to(app) as client:
        response = await client.get("/through")

    assert response.status_code == answer
    assert response.headers["content-type"] == "application/problem+json"
    for word in ("payments", "quotes", SECRET):
        assert word not in response.text
    [line] = [each for each in log if each["event"] == "call failed"]
    assert line.pop("duration_ms") >= 0
    assert line == {
        "event": "call failed",
        "log_level": "warning",
        "request_id": "the-request",
        "target": "payments",
        "method": "GET",
        "path": "/quotes/1",
        "reason": reason,
        "status": status,
        "attempts": 1,
    }
    assert SECRET not in str(log)


async def test_a_call_that_an_open_breaker_refused_is_explained(log: list[EventDict]) -> None:
    app, _, _ = service(answering(500))
    async with talking_to(app) as client:
        await client.get("/through")
        response = await client.get("/through")
    assert response.status_code == 503
    assert response.headers["retry-after"] == "10"
    assert response.json()["detail"] == "A service behind this one is not available at the moment."
    [_, line] = [each for each in log if each["event"] == "call failed"]
    assert (line["reason"], line["attempts"]) == ("CircuitOpenError", 0)


async def test_all_attempts_of_a_call_are_one_line(log: list[EventDict]) -> None:
    network = raising(httpx.ConnectError("refused"))
    app, _, _ = service(
        network,
        breaker={"consecutive_failures": 9},
        retries={"attempts": 3, "first_wait_seconds": 0.001},
    )
    async with talking_to(app) as client:
        await client.get("/through")
    assert [each["attempts"] for each in log] == [3]


@pytest.mark.parametrize("error", [httpx.ConnectError("refused"), None])
async def test_a_failure_that_the_service_lives_with_is_explained_as_well(
    error: Exception | None, log: list[EventDict]
) -> None:
    network = answering(503) if error is None else raising(error)
    client = Outgoing(settings_with(), network=network).client("payments", "http://payments")
    with contextlib.suppress(httpx.ConnectError):
        await client.get("/")
    assert [each["event"] for each in log].count("call failed") == 1


@pytest.mark.parametrize("status", [200, 201, 204, 304, 400, 404, 409])
async def test_answers_that_the_service_may_expect_are_not_in_the_log(
    status: int, log: list[EventDict]
) -> None:
    client = Outgoing(settings_with(), network=answering(status)).client("stock", "http://stock")
    assert (await client.get("/")).status_code == status
    assert log == []


@pytest.mark.parametrize(
    ("status", "asked", "answer", "passed_on"),
    [
        (503, "7", 503, "7"),
        (429, "7", 503, "7"),
        (503, "0", 502, None),
        (503, "soon", 502, None),
        (503, "7200", 503, "3600"),
        (503, "9" * 400, 503, "3600"),
        (503, "Fri, 31 Dec 9999 23:59:59 GMT", 503, "3600"),
        (503, None, 502, None),
        (500, "7", 502, None),
        (404, "7", 502, None),
    ],
)
async def test_the_caller_learns_how_long_an_overloaded_target_wants_to_be_left_alone(
    status: int, asked: str | None, answer: int, passed_on: str | None
) -> None:
    headers = {} if asked is None else {"retry-after": asked}
    app, _, _ = service(answering(status, headers))
    async with talking_to(app) as client:
        response = await client.get("/through")
    assert response.status_code == answer
    assert response.headers.get("retry-after") == passed_on


@pytest.mark.parametrize(("open_seconds", "passed_on"), [(0.2, "1"), (1e9, "3600")])
async def test_the_caller_never_waits_for_a_breaker_longer_than_an_hour(
    open_seconds: float, passed_on: str
) -> None:
    breaker = {"consecutive_failures": 1, "open_seconds": open_seconds}
    app, _, _ = service(answering(500), breaker=breaker)
    async with talking_to(app) as client:
        await client.get("/through")
        assert (await client.get("/through")).headers["retry-after"] == passed_on


async def test_errors_of_other_clients_are_answered_as_well(log: list[EventDict]) -> None:
    app = FastAPI()
    Outgoing(settings_with()).install(app)

    @app.get("/with-request")
    async def with_request() -> None:
        async with httpx.AsyncClient(transport=raising(httpx.ConnectError("refused"))) as other:
            await other.get("http://elsewhere/path")

    @app.get("/without-request")
    async def without_request() -> None:
        raise httpx.ConnectError("refused")

    async with talking_to(app) as client:
        assert (await client.get("/with-request")).status_code == 502
        assert (await client.get("/without-request")).status_code == 502
    [line] = log
    assert (line["target"], line["path"]) == ("elsewhere", "/path")
