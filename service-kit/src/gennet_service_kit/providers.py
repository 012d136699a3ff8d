"""What collects traces and metrics in this process, and sends them in the background."""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from opentelemetry.metrics import CallbackOptions, Observation
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.util.instrumentation import InstrumentationScope

from . import __version__
from .requests.middleware import RequestMiddleware, known
from .requests.spans import SCHEMA, SCOPE

BATCH_SPANS = 128
"""Fewer than the SDK's 512: requests compete with the thread that encodes them."""


def resource_of(name: str) -> Resource:
    """Returns what all telemetry of the process says about the service."""
    # OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES are read by `create`, but count for less.
    return Resource.create({} if os.environ.get("OTEL_SERVICE_NAME") else {"service.name": name})


class LaterExporter(SpanExporter):
    """An exporter that is made, and imported, when it has something to export."""

    def __init__(self, make: Callable[[], SpanExporter]) -> None:
        self._make = make
        self._exporter: SpanExporter | None = None

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Exports spans; one thread at a time."""
        if self._exporter is None:
            self._exporter = self._make()
        return self._exporter.export(spans)

    def shutdown(self) -> None:
        """Exports no more."""
        if self._exporter is not None:
            self._exporter.shutdown()


def tracer_provider(name: str, endpoint: str) -> TracerProvider:
    """Returns what sends traces to `endpoint`, by the sampler of OTEL_TRACES_SAMPLER."""

    def make() -> SpanExporter:
        from . import otlp

        return otlp.SpanExporter(endpoint)

    provider = TracerProvider(resource=resource_of(name), shutdown_on_exit=False)
    size = None if os.environ.get("OTEL_BSP_MAX_EXPORT_BATCH_SIZE") else BATCH_SPANS
    provider.add_span_processor(BatchSpanProcessor(LaterExporter(make), max_export_batch_size=size))
    return provider


def meter_provider(name: str, endpoint: str, requests: RequestMiddleware) -> MeterProvider:
    """Returns what sends metrics to `endpoint`, those of requests and those of libraries."""
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
