from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace import SpanKind, StatusCode

from gennet_service_kit.application import Service
from gennet_service_kit.requests.spans import ServerSpans
from gennet_service_kit.testing.fixtures import Logged
from gennet_service_kit.testing.talking import talking_to

from .sample import create_app
from .serving import serving

pytestmark = pytest.mark.anyio

TRACE = "0af7651916cd43dd8448eb211c80319c"
SPAN = "b7ad6b7169203331"
SAMPLED = f"00-{TRACE}-{SPAN}-01"
NOT_SAMPLED = f"00-{TRACE}-{SPAN}-00"


async def test_a_request_is_a_span_by_the_conventions_for_servers(
    spans: InMemorySpanExporter, logged: Logged
) -> None:
    async with serving(create_app()) as served:
        item = (await served.http.post("/items", json={"name": "one"})).json()
        spans.clear()
        await served.http.get(f"/items/{item['id']}?sig=hunter2&page=1")
        await served.http.get("/health/live")

    [span] = spans.get_finished_spans()
    assert (span.name, span.kind) == ("GET /items/{item_id}", SpanKind.SERVER)
    assert span.parent is None
    assert dict(span.attributes or {}) == {
        "http.request.method": "GET",
        "http.response.status_code": 200,
        "http.route": "/items/{item_id}",
        "network.protocol.version": "1.1",
        "server.address": "127.0.0.1",
        "server.port": served.port,
        "url.path": f"/items/{item['id']}",
        "url.query": "sig=REDACTED&page=1",
        "url.scheme": "http",
    }
    assert span.status.status_code is StatusCode.UNSET
    assert span.context is not None
    line = logged("request")[-1]
    assert line["trace_id"] == trace.format_trace_id(span.context.trace_id)
    assert line["span_id"] == trace.format_span_id(span.context.span_id)
    assert "parent_span_id" not in line


async def test_a_span_continues_the_caller_s_trace(spans: InMemorySpanExporter) -> None:
    async with talking_to(create_app()) as client:
        await client.get("/items", headers={"traceparent": SAMPLED, "tracestate": "a=1"})

    [span] = spans.get_finished_spans()
    assert span.parent is not None
    assert span.parent.is_remote
    assert trace.format_trace_id(span.parent.trace_id) == TRACE
    assert trace.format_span_id(span.parent.span_id) == SPAN
    assert span.parent.trace_state.to_header() == "a=1"


async def test_what_the_caller_does_not_trace_is_not_traced(
    spans: InMemorySpanExporter, logged: Logged
) -> None:
    async with talking_to(create_app()) as client:
        await client.get("/items", headers={"traceparent": NOT_SAMPLED})

    assert spans.get_finished_spans() == ()
    [line] = logged("request")
    assert line["trace_id"] == TRACE
    assert line["span_id"] != SPAN


async def test_spans_of_a_route_are_children_of_the_request_s(
    spans: InMemorySpanExporter, app: FastAPI
) -> None:
    @app.get("/work")
    async def work() -> None:
        with trace.get_tracer("work").start_as_current_span("work"):
            pass

    async with talking_to(app) as client:
        await client.get("/work")

    child, request = spans.get_finished_spans()
    assert child.parent == request.context


async def test_a_failed_request_is_a_failed_span(spans: InMemorySpanExporter, app: FastAPI) -> None:
    @app.get("/bug")
    async def bug() -> None:
        raise RuntimeError("broken")

    async with talking_to(app) as client:
        await client.get("/bug")
        await client.get("/nowhere")
        await client.request("BREW", "/items", headers={"host": "user@[wrong"})

    failed, missing, brewed = spans.get_finished_spans()
    assert failed.status.status_code is StatusCode.ERROR
    assert (failed.attributes or {})["error.type"] == "500"
    assert missing.name == "GET"
    assert missing.status.status_code is StatusCode.UNSET
    assert "http.route" not in (missing.attributes or {})
    attributes = brewed.attributes or {}
    assert brewed.name == "HTTP /items"
    assert attributes["http.request.method"] == "_OTHER"
    assert attributes["http.request.method_original"] == "BREW"
    assert "server.address" not in attributes


@pytest.mark.parametrize(
    ("host", "address"),
    [
        (b"orders.internal:81", {"server.address": "orders.internal", "server.port": 81}),
        (b"orders.internal", {"server.address": "orders.internal", "server.port": 80}),
        (b"user@orders.internal", {}),
        (b"", {}),
        (None, {"server.address": "10.0.0.1", "server.port": 8000}),
    ],
)
def test_a_span_names_the_host_that_was_asked_for(
    host: bytes | None, address: dict[str, Any]
) -> None:
    from gennet_service_kit.requests.spans import server_attributes

    headers = [] if host is None else [(b"host", host)]
    scope = {"scheme": "http", "headers": headers, "server": ("10.0.0.1", 8000)}
    assert server_attributes(scope) == address


async def test_a_trace_that_the_sampler_leaves_out_costs_ids_only(logged: Logged) -> None:
    exporter = InMemorySpanExporter()
    provider = TracerProvider(sampler=ParentBased(TraceIdRatioBased(0)), shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    app = create_app()
    assert isinstance(app, Service)
    app.requests.spans = ServerSpans(provider.get_tracer("test"))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        await client.get("/items")
        assert exporter.get_finished_spans() == ()
        await client.get("/items", headers={"traceparent": SAMPLED})
        assert len(exporter.get_finished_spans()) == 1
    one, other = logged("request")
    assert len(one["trace_id"]) == 32
    assert other["trace_id"] == TRACE
