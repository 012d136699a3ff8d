"""Exporters to an OpenTelemetry collector that may be unreachable."""

import logging
import os
import time
from collections.abc import Sequence
from typing import Any

import structlog
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.metrics import Exemplar
from opentelemetry.sdk.metrics.export import (
    AggregationTemporality,
    Histogram,
    HistogramDataPoint,
    Metric,
    MetricExportResult,
    MetricsData,
    ResourceMetrics,
    ScopeMetrics,
)
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExportResult
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.util.types import AttributeValue

from .metrics import BOUNDS, Durations, Labels, RequestMetrics

TIMEOUT_SECONDS = 3.0
"""For one export with its retries. Shorter than by default, for the end waits for one."""

log = structlog.stdlib.get_logger(__name__)


def timeout(signal: str) -> float | None:
    """Returns the time-out for an exporter; None where the environment sets one."""
    names = ("OTEL_EXPORTER_OTLP_TIMEOUT", f"OTEL_EXPORTER_OTLP_{signal}_TIMEOUT")
    return None if any(os.environ.get(name) for name in names) else TIMEOUT_SECONDS


class Outage(logging.Filter):
    """Lets an exporter's logger report that the collector is unreachable once, and not each try."""

    def __init__(self, signal: str, logger: logging.Logger) -> None:
        super().__init__()
        self._signal = signal
        self._logger = logger
        self._reported = False
        logger.addFilter(self)

    def filter(self, record: logging.LogRecord) -> bool:
        """Drops what is not the first failure."""
        if record.levelno < logging.WARNING:
            return True
        first = not self._reported
        self._reported = True
        return first

    def over(self) -> None:
        """Reports that an export succeeded after others had failed."""
        if self._reported:
            self._reported = False
            log.info("collector reachable again", signal=self._signal)

    def close(self) -> None:
        """Leaves the logger as it was."""
        self._logger.removeFilter(self)


class SpanExporter(OTLPSpanExporter):
    """Exports spans."""

    def __init__(self, endpoint: str) -> None:
        super().__init__(endpoint, timeout=timeout("TRACES"))
        self._outage = Outage("traces", logging.getLogger(OTLPSpanExporter.__module__))

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Exports spans; drops them where the collector takes none in time."""
        result = super().export(spans)
        if result is SpanExportResult.SUCCESS:
            self._outage.over()
        return result

    def shutdown(self) -> None:
        """Exports no more."""
        super().shutdown()  # type: ignore[no-untyped-call]  # the SDK's has no types
        self._outage.close()


class MetricExporter(OTLPMetricExporter):
    """Exports metrics, and the durations of requests with them.

    The durations are always cumulative.
    """

    def __init__(
        self, endpoint: str, requests: RequestMetrics, scope: InstrumentationScope
    ) -> None:
        super().__init__(endpoint, timeout=timeout("METRICS"))
        self._requests = requests
        self._scope = scope
        self._outage = Outage("metrics", logging.getLogger(OTLPMetricExporter.__module__))

    def export(
        self, metrics_data: MetricsData, timeout_millis: float | None = 10_000, **kwargs: Any
    ) -> MetricExportResult:
        """Exports what the meters have, and the durations."""
        [first, *others] = metrics_data.resource_metrics
        # Those of one scope must be together.
        ours = [each for each in first.scope_metrics if each.scope == self._scope]
        scopes = [each for each in first.scope_metrics if each.scope != self._scope]
        measured = [metric for each in ours for metric in each.metrics]
        schema = self._scope.schema_url or ""
        scopes.append(ScopeMetrics(self._scope, [*measured, histogram(self._requests)], schema))
        complete = MetricsData([ResourceMetrics(first.resource, scopes, first.schema_url), *others])
        result = super().export(complete, timeout_millis, **kwargs)
        if result is MetricExportResult.SUCCESS:
            self._outage.over()
        return result

    def shutdown(self, timeout_millis: float = 30_000, **kwargs: Any) -> None:
        """Exports no more."""
        super().shutdown(timeout_millis, **kwargs)
        self._outage.close()


def histogram(requests: RequestMetrics) -> Metric:
    """Returns the durations of requests by OpenTelemetry's conventions for HTTP servers."""
    now = time.time_ns()
    points = [
        data_point(labels, durations, now)
        for labels, durations in list(requests.series.items())
        if not labels.probe
    ]
    return Metric(
        "http.server.request.duration",
        "Duration of HTTP server requests.",
        "s",
        Histogram(points, AggregationTemporality.CUMULATIVE),
    )


def data_point(labels: Labels, durations: Durations, now: int) -> HistogramDataPoint:
    """Returns the durations of requests with the same attributes."""
    counts = list(durations.counts)
    exemplars = [
        Exemplar({}, one.seconds, one.time_ns, one.span_id, one.trace_id)
        for one in list(durations.exemplars.values())
    ]
    start = int(durations.created * 1e9)
    return HistogramDataPoint(
        attributes_of(labels),
        start,
        now,
        sum(counts),
        durations.total,
        counts,
        BOUNDS,
        durations.least,
        durations.most,
        exemplars,
    )


def attributes_of(labels: Labels) -> dict[str, AttributeValue]:
    """Returns the attributes of a request that are in its metrics."""
    attributes: dict[str, AttributeValue] = {
        "http.request.method": labels.method,
        "url.scheme": labels.scheme,
        "network.protocol.version": labels.http_version,
    }
    if labels.route is not None:
        attributes["http.route"] = labels.route
    if labels.status is not None:
        attributes["http.response.status_code"] = labels.status
    if labels.status is None or labels.status >= 500:
        attributes["error.type"] = str(labels.status or "incomplete_response")
    return attributes
