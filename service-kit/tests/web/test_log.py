import io
import json
import logging
from typing import Any

import httpx
import pytest
import structlog
from fastapi import FastAPI

from gennet_service_kit.logs import configure_logging
from gennet_service_kit.requests.context import current
from gennet_service_kit.requests.headers import SECURITY, answer_headers
from gennet_service_kit.settings import ServiceSettings
from gennet_service_kit.testing.fixtures import Logged

pytestmark = pytest.mark.anyio

TRACE = "0af7651916cd43dd8448eb211c80319c"
SPAN = "b7ad6b7169203331"


async def test_a_request_is_one_line_with_its_ids(
    logged: Logged, client: httpx.AsyncClient
) -> None:
    headers = {"x-request-id": "abc-1", "traceparent": f"00-{TRACE}-{SPAN}-01"}
    response = await client.get("/items", headers=headers)

    assert response.headers["x-request-id"] == "abc-1"
    [line] = logged("request")
    assert line["request_id"] == "abc-1"
    assert (line["trace_id"], line["parent_span_id"]) == (TRACE, SPAN)
    assert (line["method"], line["path"], line["status"]) == ("GET", "/items", 200)
    assert (line["level"], line["environment"]) == ("info", "test")
    assert line["region"] == "none"


@pytest.mark.parametrize("level", ["info", "debug"])
@pytest.mark.parametrize("path", ["/items", '/"\\%0Aü💥', "/health/live"])
@pytest.mark.parametrize("trace", [{}, {"traceparent": f"00-{TRACE}-{SPAN}-01"}])
async def test_the_line_is_the_same_where_another_handler_listens(
    client: httpx.AsyncClient, level: Any, path: str, trace: dict[str, str]
) -> None:
    async def line(*others: logging.Handler) -> dict[str, Any] | None:
        stream = io.StringIO()
        settings = ServiceSettings(environment="test", log_level=level)
        configure_logging(settings, "sample", stream)
        for other in others:
            logging.getLogger().addHandler(other)
        await client.request("GET", path, headers={"x-request-id": "one", **trace})
        for other in others:
            logging.getLogger().removeHandler(other)
        lines: list[dict[str, Any]] = [json.loads(line) for line in stream.getvalue().splitlines()]
        return next((line for line in lines if line["event"] == "request"), None)

    fast, full = await line(), await line(logging.NullHandler())
    if fast is None or full is None:
        assert (fast, full, path, level) == (None, None, "/health/live", "info")
        return
    for varying in ("timestamp", "duration_ms"):
        assert type(fast.pop(varying)) is type(full.pop(varying))
    assert list(fast.items()) == list(full.items())


async def test_what_a_route_binds_to_the_log_is_in_the_line_too(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    @app.get("/tenant")
    async def tenant() -> None:
        structlog.contextvars.bind_contextvars(tenant="acme")

    stream = io.StringIO()
    configure_logging(ServiceSettings(), "sample", stream)
    await client.get("/tenant")
    structlog.contextvars.clear_contextvars()

    [line] = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert (line["event"], line["tenant"]) == ("request", "acme")


@pytest.mark.parametrize("request_id", ["", "a b", "x" * 129, '"}'])
async def test_an_unusable_request_id_is_replaced(
    logged: Logged, client: httpx.AsyncClient, request_id: str
) -> None:
    response = await client.get("/items", headers={"x-request-id": request_id})

    assert response.headers["x-request-id"] != request_id
    assert logged("request")[0]["request_id"] == response.headers["x-request-id"]


@pytest.mark.parametrize(
    "traceparent",
    [f"00-{'0' * 32}-{SPAN}-01", f"00-{TRACE}-{'0' * 16}-01", f"ff-{TRACE}-{SPAN}-01", "00-1-2-3"],
)
async def test_an_unusable_trace_context_is_ignored(
    logged: Logged, client: httpx.AsyncClient, traceparent: str
) -> None:
    await client.get("/items", headers={"traceparent": traceparent})

    assert "trace_id" not in logged("request")[0]


async def test_a_request_knows_its_ids_trace_and_deadline(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    seen = []

    @app.get("/context")
    async def context() -> None:
        seen.append(current.get())

    trace = {"traceparent": f"00-{TRACE}-{SPAN}-01"}
    states = [("tracestate", "a=1"), ("tracestate", "b=2"), ("x-request-id", "abc-1")]
    await client.get("/context", headers=[*trace.items(), *states])

    [request] = seen
    assert request is not None
    assert request.request_id == "abc-1"
    assert request.traceparent == trace["traceparent"]
    assert request.tracestate == "a=1,b=2"
    assert request.deadline is not None
    assert current.get() is None


async def test_a_bug_is_logged_with_its_stack_and_the_request_s_id(
    logged: Logged, app: FastAPI, client: httpx.AsyncClient
) -> None:
    @app.get("/bug")
    async def bug() -> None:
        raise RuntimeError("broken")

    response = await client.get("/bug")

    [line] = logged("request failed")
    assert "RuntimeError: broken" in line["exception"]
    assert line["request_id"] == response.headers["x-request-id"]
    assert logged("request")[0]["status"] == 500


async def test_libraries_log_in_the_same_form_and_under_the_request_s_id(
    logged: Logged, app: FastAPI, client: httpx.AsyncClient
) -> None:
    @app.get("/library")
    def library() -> None:
        logging.getLogger("some.library").warning("%d left", 3)

    response = await client.get("/library")

    [line] = logged("3 left")
    assert (line["logger"], line["level"]) == ("some.library", "warning")
    assert line["request_id"] == response.headers["x-request-id"]


async def test_probes_are_not_in_the_log(logged: Logged, client: httpx.AsyncClient) -> None:
    await client.get("/health/live")
    await client.get("/metrics")

    assert logged("request") == []


async def test_a_log_that_cannot_be_written_fails_no_request(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = io.StringIO()
    configure_logging(ServiceSettings(), "sample", stream)
    monkeypatch.setattr(logging, "raiseExceptions", False)
    stream.close()

    assert (await client.get("/items")).status_code == 200


def test_headers_of_an_answer_are_added_once() -> None:
    once = answer_headers([], 200, "id")
    assert answer_headers(once, 200, "id") == [*SECURITY, (b"x-request-id", b"id")]
