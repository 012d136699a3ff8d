"""Traces and metrics for an OpenTelemetry collector."""

import asyncio
import os
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import structlog
from opentelemetry import metrics, trace
from opentelemetry.metrics import CallbackOptions, Observation

from . import __version__
from .requests.middleware import RequestMiddleware, known
from .requests.spans import SCHEMA, ServerSpans

if TYPE_CHECKING:
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider

FLUSH_SECONDS = 2.0
SCOPE = "gennet_service_kit"

log = structlog.stdlib.get_logger(__name__)


@asynccontextmanager
async def telemetry_of(name: str, requests: RequestMiddleware) -> AsyncIterator[None]:
    """Sends traces and metrics of requests where OTEL_EXPORTER_OTLP_ENDPOINT says.

    Providers that are set already, such as those of a test, are used as they are. At the end what
    was not sent yet is sent; a collector that does not take it in time does not hold up the end.
    """
    sends: list[Callable[[], object]] = []
    if endpoint := endpoint_of("TRACES"):
        if isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider):
            trace.set_tracer_provider(tracer_provider(name, endpoint))
        sends.append(getattr(trace.get_tracer_provider(), "force_flush", nothing))
    if endpoint := endpoint_of("METRICS"):
        provider = meter_provider(name, endpoint, requests)
        metrics.set_meter_provider(provider)
        sends.append(provider.force_flush)
    if not isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider):
        requests.spans = ServerSpans(trace.get_tracer(SCOPE, __version__, schema_url=SCHEMA))
    try:
        yield
    finally:
        if sends:
            await asyncio.to_thread(finish, sends, FLUSH_SECONDS)


def endpoint_of(signal: str) -> str | None:
    """Returns where a signal goes by OpenTelemetry's variables, or None where it goes nowhere."""
    environment = os.environ
    endpoint = environment.get(f"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT")
    if not endpoint and (base := environment.get("OTEL_EXPORTER_OTLP_ENDPOINT")):
        endpoint = f"{base.removesuffix('/')}/v1/{signal.lower()}"
    disabled = environment.get("OTEL_SDK_DISABLED", "").lower() == "true"
    if not endpoint or disabled or environment.get(f"OTEL_{signal}_EXPORTER") == "none":
        return None
    protocol = environment.get(f"OTEL_EXPORTER_OTLP_{signal}_PROTOCOL") or environment.get(
        "OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"
    )
    if protocol != "http/protobuf":
        log.error("telemetry not sent", signal=signal.lower(), protocol=protocol)
        return None
    return endpoint


def resource_of(name: str) -> "Resource":
    """Returns what all telemetry of the process says about the service."""
    from opentelemetry.sdk.resources import Resource

    # OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES are read by `create`, but count for less.
    return Resource.create({} if os.environ.get("OTEL_SERVICE_NAME") else {"service.name": name})


def tracer_provider(name: str, endpoint: str) -> "TracerProvider":
    """Returns what sends traces to `endpoint`, by the sampler of OTEL_TRACES_SAMPLER.

    The SDK is imported here: without a collector it would be half of the time to start.
    """
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    from .otlp import SpanExporter

    provider = TracerProvider(resource=resource_of(name), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(SpanExporter(endpoint)))
    return provider


def meter_provider(name: str, endpoint: str, requests: RequestMiddleware) -> "MeterProvider":
    """Returns what sends metrics to `endpoint`, those of requests and those of libraries."""
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
    from opentelemetry.sdk.util.instrumentation import InstrumentationScope

    from .otlp import MetricExporter

    scope = InstrumentationScope(SCOPE, __version__, SCHEMA)
    exporter = MetricExporter(endpoint, requests.metrics.requests, scope)
    reader = PeriodicExportingMetricReader(exporter)
    provider = MeterProvider([reader], resource_of(name), shutdown_on_exit=False)

    def active(_: CallbackOptions) -> Iterable[Observation]:
        return active_requests(requests)

    provider.get_meter(SCOPE, __version__, SCHEMA).create_observable_up_down_counter(
        "http.server.active_requests",
        [active],
        unit="{request}",
        description="Number of active HTTP server requests.",
    )
    return provider


def active_requests(requests: RequestMiddleware) -> Iterable[Observation]:
    """Returns how many requests are being answered, by their attributes.

    What had requests once is 0 without any, since a value that is left out counts as unchanged.
    """
    series = requests.metrics.requests.series
    counts = Counter((each.scheme, each.method) for each in list(series) if not each.probe)
    counts = Counter(dict.fromkeys(counts, 0))
    counts.update(
        (exchange.scope["scheme"], known(exchange.scope["method"]))
        for exchange in requests.running
        if not exchange.probe
    )
    return [
        Observation(count, {"url.scheme": scheme, "http.request.method": method})
        for (scheme, method), count in counts.items()
    ]


def finish(sends: Iterable[Callable[[], object]], seconds: float) -> None:
    """Sends what was not sent yet, for at most `seconds` in all."""
    threads = [threading.Thread(target=attempt, args=[send], daemon=True) for send in sends]
    for thread in threads:
        thread.start()
    until = time.monotonic() + seconds
    for thread in threads:
        thread.join(max(0, until - time.monotonic()))
    if any(thread.is_alive() for thread in threads):
        log.warning("telemetry dropped", reason=f"not taken within {seconds:g} s")


def attempt(send: Callable[[], object]) -> None:
    """Sends what was not sent yet; a failure does not hold up the end."""
    try:
        send()
    except Exception as error:
        log.warning("telemetry dropped", reason=repr(error))


def nothing() -> None:
    """Stands for sending where a provider keeps nothing back."""
