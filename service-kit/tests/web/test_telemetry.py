import threading
from collections.abc import Iterator
from typing import Any

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from gennet_service_kit.providers import meter_provider, tracer_provider
from gennet_service_kit.requests.middleware import RequestMiddleware
from gennet_service_kit.settings import ServiceSettings
from gennet_service_kit.telemetry import endpoint_of, finish, telemetry_of
from gennet_service_kit.testing.fixtures import Logged
from gennet_service_kit.testing.serving import serve_once
from gennet_service_kit.testing.talking import talking_to

from .collector import Collector, collecting
from .sample import create_app

pytestmark = pytest.mark.anyio


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    for name in ("OTEL_SERVICE_NAME", "OTEL_RESOURCE_ATTRIBUTES"):
        monkeypatch.delenv(name, raising=False)
    with collecting() as collector:
        yield collector


def attributes(items: Any) -> dict[str, Any]:
    return {item["key"]: next(iter(item["value"].values())) for item in items}


def metrics_of(collector: Collector) -> dict[str, Any]:
    return {
        metric["name"]: metric
        for message in collector.received
        for resource in message.get("resourceMetrics", [])
        for scope in resource["scopeMetrics"]
        for metric in scope["metrics"]
    }


async def test_the_metrics_of_requests_reach_the_collector(
    collector: Collector, monkeypatch: pytest.MonkeyPatch, spans: InMemorySpanExporter
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url)
    async with talking_to(create_app(ServiceSettings(flush_seconds=60))) as client:
        await client.get("/items")
        await client.get("/items", headers={"x-time-left-ms": "0"})
        await client.get("/health/live")

    metrics = metrics_of(collector)
    [active] = metrics["http.server.active_requests"]["sum"]["dataPoints"]
    assert active["asInt"] == "0"
    assert attributes(active["attributes"]) == {"url.scheme": "http", "http.request.method": "GET"}
    durations = metrics["http.server.request.duration"]
    assert durations["unit"] == "s"
    answered, late = durations["histogram"]["dataPoints"]
    assert attributes(answered["attributes"]) == {
        "http.request.method": "GET",
        "http.response.status_code": "200",
        "http.route": "/items",
        "network.protocol.version": "1.1",
        "url.scheme": "http",
    }
    assert answered["count"] == "1"
    assert sum(int(count) for count in answered["bucketCounts"]) == 1
    assert attributes(late["attributes"])["error.type"] == "504"
    [exemplar] = answered["exemplars"]
    context = spans.get_finished_spans()[0].context
    assert context is not None
    assert exemplar["asDouble"] == answered["sum"]


def test_all_that_was_not_sent_yet_is_sent_at_the_end(collector: Collector) -> None:
    environment = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
        "OTEL_RESOURCE_ATTRIBUTES": "service.namespace=shop,cloud.region=eu-west-1",
        "OTEL_TRACES_SAMPLER": "parentbased_always_on",
        "APP_FLUSH_SECONDS": "60",
    }
    serve_once("tests.web.sample", environment, path="/items")

    [traces] = [message for message in collector.received if "resourceSpans" in message]
    [resource] = traces["resourceSpans"]
    described = attributes(resource["resource"]["attributes"])
    assert described["service.name"] == "sample"
    assert described["service.namespace"] == "shop"
    assert described["cloud.region"] == "eu-west-1"
    [scope] = resource["scopeSpans"]
    assert [span["name"] for span in scope["spans"]] == ["GET /items"]
    assert "http.server.request.duration" in metrics_of(collector)


def test_an_outage_of_the_collector_is_logged_once_and_so_is_its_end(
    collector: Collector, logged: Logged
) -> None:
    provider = tracer_provider("sample", f"{collector.url}/v1/traces")
    tracer = provider.get_tracer("test")
    collector.broken = True
    for _ in range(3):
        tracer.start_span("lost").end()
        provider.force_flush()
    assert collector.refused == 3
    collector.broken = False
    for _ in range(2):
        tracer.start_span("kept").end()
        provider.force_flush()
    provider.shutdown()

    assert len(logged("Failed to export spans batch code: 400, reason: Bad Request")) == 1
    assert len(logged("collector reachable again")) == 1
    assert len(collector.received) == 2


def test_metrics_survive_an_outage(collector: Collector, logged: Logged) -> None:
    requests = RequestMiddleware(ServiceSettings())
    provider = meter_provider("sample", f"{collector.url}/v1/metrics", requests)
    provider.get_meter("library").create_counter("calls").add(1)
    collector.broken = True
    provider.force_flush()
    collector.broken = False
    provider.force_flush()
    provider.shutdown()

    assert "calls" in metrics_of(collector)
    [again] = logged("collector reachable again")
    assert again["signal"] == "metrics"


@pytest.mark.parametrize(
    ("variables", "endpoint"),
    [
        ({}, None),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318/"}, "http://c:4318/v1/traces"),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://t:4318/x"}, "http://t:4318/x"),
        (
            {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318", "OTEL_TRACES_EXPORTER": "none"},
            None,
        ),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318", "OTEL_SDK_DISABLED": "true"}, None),
    ],
)
def test_traces_go_where_the_environment_says(
    variables: dict[str, str], endpoint: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert endpoint_of("TRACES") == endpoint


def test_a_protocol_that_is_not_spoken_is_logged(
    monkeypatch: pytest.MonkeyPatch, logged: Logged
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4317")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")
    assert endpoint_of("TRACES") is None
    assert logged("telemetry not sent")[0]["protocol"] == "grpc"


async def test_without_an_endpoint_nothing_is_set_up() -> None:
    requests = RequestMiddleware(ServiceSettings())
    async with telemetry_of("sample", requests, 0):
        pass


def test_what_cannot_be_sent_at_the_end_is_dropped(logged: Logged) -> None:
    never = threading.Event()

    def fail() -> None:
        raise ConnectionError("refused")

    finish([fail, never.wait], 0.05)
    never.set()

    reasons = [line["reason"] for line in logged("telemetry dropped")]
    assert reasons == ["ConnectionError('refused')", "not taken within 0.05 s"]
