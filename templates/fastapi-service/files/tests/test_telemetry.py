import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, format_trace_id

from <%= it.package %> import SERVICE

from .serving import serve_once

Logged = Callable[[str], list[dict[str, Any]]]

TRACE = "0af7651916cd43dd8448eb211c80319c"


@pytest.mark.anyio
async def test_a_request_is_a_span_of_the_caller_s_trace_and_its_log_line_names_it(
    logged: Logged, spans: InMemorySpanExporter, client: httpx.AsyncClient
) -> None:
    await client.get("/items", headers={"traceparent": f"00-{TRACE}-b7ad6b7169203331-01"})

    [span] = spans.get_finished_spans()
    assert span.context is not None
    assert (span.name, span.kind) == ("GET /items", SpanKind.SERVER)
    assert format_trace_id(span.context.trace_id) == TRACE
    [line] = logged("request")
    assert (line["trace_id"], int(line["span_id"], 16)) == (TRACE, span.context.span_id)


@pytest.mark.anyio
async def test_probes_and_metrics_are_no_spans(
    spans: InMemorySpanExporter, client: httpx.AsyncClient
) -> None:
    for path in ("/health/live", "/health/ready", "/metrics"):
        assert (await client.get(path)).status_code == 200

    assert spans.get_finished_spans() == ()


class Collector(BaseHTTPRequestHandler):
    received: list[tuple[str, bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.received.append((self.path, body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing: the test looks at what was received."""


@pytest.fixture
def collector() -> Iterator[ThreadingHTTPServer]:
    Collector.received = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Collector)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_traces_and_metrics_go_to_the_collector(
    collector: ThreadingHTTPServer, environment: dict[str, str]
) -> None:
    endpoint = f"http://127.0.0.1:{collector.server_port}"
    serve_once({**environment, "OTEL_EXPORTER_OTLP_ENDPOINT": endpoint})

    received = dict(Collector.received)
    assert set(received) == {"/v1/traces", "/v1/metrics"}
    assert b"GET /items" in received["/v1/traces"]
    assert b"http.server.request.duration" in received["/v1/metrics"]
    assert all(SERVICE.encode() in body for body in received.values())


def test_without_a_collector_nothing_is_sent_and_nothing_complains(
    environment: dict[str, str],
) -> None:
    _, lines = serve_once(environment)

    assert "request" in [line["event"] for line in lines]
    assert {line["level"] for line in lines} == {"info"}
