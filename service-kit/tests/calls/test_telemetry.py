import asyncio

import httpx
import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import HistogramDataPoint, InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from gennet_service_kit.calls.errors import CircuitOpenError
from gennet_service_kit.calls.outgoing import Outgoing
from gennet_service_kit.calls.telemetry_transport import public_url
from gennet_service_kit.requests.context import RequestContext

from .doubles import Backend, Clock, never, request, settings_with

pytestmark = pytest.mark.anyio

TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


class Recorded:
    """Calls whose spans are kept in memory."""

    def __init__(self, backend: Backend, **settings: object) -> None:
        self.clock = Clock()
        self.reader = InMemoryMetricReader()
        meters = MeterProvider([self.reader])
        self.exporter = InMemorySpanExporter()
        provider = TracerProvider()
        provider.add_span_processor(SimpleSpanProcessor(self.exporter))
        self.tracer = provider.get_tracer("test")
        network = httpx.MockTransport(backend)
        self.outgoing = Outgoing(
            settings_with(**settings), self.clock, network, self.tracer, meters.get_meter("test")
        )

    @property
    def spans(self) -> list[ReadableSpan]:
        finished = self.exporter.get_finished_spans()
        return [span for span in finished if span.kind is SpanKind.CLIENT]

    @property
    def durations(self) -> list[HistogramDataPoint]:
        data = self.reader.get_metrics_data()
        assert data is not None
        [metric] = data.resource_metrics[0].scope_metrics[0].metrics
        assert (metric.name, metric.unit) == ("http.client.request.duration", "s")
        return [point for point in metric.data.data_points if isinstance(point, HistogramDataPoint)]


async def test_one_trace_goes_through_the_call() -> None:
    seen: list[str] = []

    async def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["traceparent"])
        return httpx.Response(200, extensions={"http_version": b"HTTP/1.1"})

    recorded = Recorded(answer)
    client = recorded.outgoing.client("stock", "http://stock")
    context = RequestContext("the-request", traceparent=TRACEPARENT)
    with recorded.tracer.start_as_current_span("GET /through") as ours, request(context):
        await client.get("/items?token=secret&page=2")

    [call] = recorded.spans
    parent = ours.get_span_context()
    assert call.parent == parent
    assert call.context is not None
    [header] = seen
    assert header.startswith(f"00-{parent.trace_id:032x}-{call.context.span_id:016x}-")
    assert call.name == "GET"
    assert call.status.status_code is StatusCode.UNSET
    assert dict(call.attributes or {}) == {
        "http.request.method": "GET",
        "server.address": "stock",
        "server.port": 80,
        "url.full": "http://stock/items?token=REDACTED&page=REDACTED",
        "http.response.status_code": 200,
        "network.protocol.version": "1.1",
    }


async def test_each_attempt_is_a_span() -> None:
    statuses = iter([0, 503, 200])

    async def answer(_: httpx.Request) -> httpx.Response:
        status = next(statuses)
        if not status:
            raise httpx.ConnectError("refused")
        return httpx.Response(status)

    recorded = Recorded(
        answer,
        breaker={"consecutive_failures": 9},
        retries={"attempts": 3, "first_wait_seconds": 0.001},
    )
    await recorded.outgoing.client("stock", "https://stock:8443").get("/")

    made = [dict(span.attributes or {}) for span in recorded.spans]
    assert [each.get("http.request.resend_count") for each in made] == [None, 1, 2]
    assert [each.get("error.type") for each in made] == ["ConnectError", "503", None]
    assert [each.get("http.response.status_code") for each in made] == [None, 503, 200]
    assert {each["server.port"] for each in made} == {8443}
    assert [span.status.status_code for span in recorded.spans] == [
        StatusCode.ERROR,
        StatusCode.ERROR,
        StatusCode.UNSET,
    ]


async def test_how_long_attempts_take_is_measured_by_target_and_outcome() -> None:
    async def answer(request: httpx.Request) -> httpx.Response:
        recorded.clock.now += 2
        return httpx.Response(404 if request.url.path == "/none" else 200)

    recorded = Recorded(answer)
    for target in ("stock", "payments"):
        client = recorded.outgoing.client(target, f"http://{target}")
        for path in ("/one?secret=1", "/two", "/none"):
            await client.get(path)

    assert {
        (point.attributes or {})["server.address"]: (point.count, point.sum)
        for point in recorded.durations
        if "error.type" not in (point.attributes or {})
    } == {"stock": (2, 4), "payments": (2, 4)}
    failed = [point.attributes or {} for point in recorded.durations][-1]
    assert dict(failed) == {
        "http.request.method": "GET",
        "server.address": "payments",
        "server.port": 80,
        "http.response.status_code": 404,
        "network.protocol.version": "1.1",
        "error.type": "404",
    }


async def test_a_call_that_is_not_made_has_no_span() -> None:
    async def fail(_: httpx.Request) -> httpx.Response:
        return httpx.Response(500)

    recorded = Recorded(fail)
    client = recorded.outgoing.client("stock", "http://stock")
    await client.get("/")
    with pytest.raises(CircuitOpenError):
        await client.get("/")
    assert len(recorded.spans) == 1


async def test_methods_that_no_one_knows_do_not_name_spans() -> None:
    async def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(404)

    recorded = Recorded(answer)
    await recorded.outgoing.client("stock", "http://stock").request("BREW", "/")
    [call] = recorded.spans
    assert call.attributes is not None
    assert call.name == "HTTP"
    assert call.attributes["http.request.method"] == "_OTHER"
    assert call.attributes["http.request.method_original"] == "BREW"
    assert call.attributes["error.type"] == "404"


async def test_a_call_that_is_cancelled_ends_its_span() -> None:
    reached = asyncio.Event()

    async def hang(_: httpx.Request) -> httpx.Response:
        reached.set()
        return await never()

    recorded = Recorded(hang)
    call = asyncio.create_task(recorded.outgoing.client("stock", "http://stock").get("/"))
    await reached.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    [span] = recorded.spans
    assert (span.attributes or {})["error.type"] == "CancelledError"


@pytest.mark.parametrize(
    ("url", "public"),
    [
        ("http://stock/", "http://stock/"),
        ("https://user:password@stock:8443/a%20b", "https://stock:8443/a%20b"),
        ("http://stock/?", "http://stock/"),
        ("http://stock/?a=1&a=2&b", "http://stock/?a=REDACTED&a=REDACTED&b=REDACTED"),
        ("http://[::1]:80/?%C3%BC=%FF", "http://[::1]/?%C3%BC=REDACTED"),
    ],
)
def test_a_url_in_a_span_has_no_secrets(url: str, public: str) -> None:
    assert public_url(httpx.URL(url)) == public
