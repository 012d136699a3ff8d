"""The metrics of requests, and /metrics for Prometheus."""

import time
from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from fastapi import APIRouter, Response
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Gauge,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from prometheus_client.utils import INF

from .methods import METHODS

DURATIONS = "http_server_request_duration_seconds"
# Those of Prometheus' own histograms and of OpenTelemetry's conventions for HTTP.
BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)


class Labels(NamedTuple):
    """What requests are counted by."""

    method: str
    """One that is known, or `_OTHER`: methods are the caller's to invent."""
    route: str | None
    """The path of the route with the names of its parameters; None where none fits."""
    status: int | None
    """None where there was no answer."""
    scheme: str
    http_version: str
    probe: bool
    """Whether it is one that Kubernetes or Prometheus asks for; traces and OTLP leave it out."""


class Exemplar(NamedTuple):
    """A request whose trace shows what a bucket counts."""

    seconds: float
    time_ns: int
    trace_id: int
    span_id: int


@dataclass(slots=True)
class Durations:
    """How long the requests with the same labels took, in seconds."""

    created: float
    counts: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))
    """Per bucket, the last one without an upper bound."""
    total: float = 0.0
    least: float = INF
    most: float = 0.0
    exemplars: dict[int, Exemplar] = field(default_factory=dict)
    """The last traced request of each bucket."""

    def observe(self, seconds: float) -> None:
        """Counts one request."""
        self.counts[bisect_left(BOUNDS, seconds)] += 1
        self.total += seconds
        if seconds < self.least:
            self.least = seconds
        if seconds > self.most:
            self.most = seconds

    def note(self, seconds: float, trace_id: int, span_id: int) -> None:
        """Keeps the trace of a request that was counted."""
        exemplar = Exemplar(seconds, time.time_ns(), trace_id, span_id)
        self.exemplars[bisect_left(BOUNDS, seconds)] = exemplar


class RequestMetrics(Collector):
    """Counts requests once, for Prometheus and for OpenTelemetry.

    Instruments of either library take a lock and search their labels for each value, and those of
    OpenTelemetry cost a third of a request. Here only the event loop counts; other threads read.
    """

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self.series: dict[Labels, Durations] = {}
        self._now = now

    def observe(self, labels: Labels, seconds: float) -> Durations:
        """Counts one request, and returns those that it was counted with."""
        durations = self.series.get(labels)
        if durations is None:
            durations = self.series[labels] = Durations(self._now())
        durations.observe(seconds)
        return durations

    def collect(self) -> Iterable[Metric]:
        """Returns the histogram, as one of prometheus_client would."""
        merged: dict[tuple[str, str, str], Durations] = {}
        for labels, durations in list(self.series.items()):
            method = labels.method if labels.method in METHODS else "other"
            key = (method, labels.route or "unmatched", str(labels.status or 500))
            into = merged.setdefault(key, Durations(durations.created))
            into.created = min(into.created, durations.created)
            into.total += durations.total
            into.counts = [a + b for a, b in zip(into.counts, durations.counts, strict=True)]
        metric = Metric(DURATIONS, "How long requests took", "histogram")
        for (method, route, status), durations in merged.items():
            names = {"method": method, "route": route, "status": status}
            count = 0
            for bound, one in zip((*BOUNDS, INF), durations.counts, strict=True):
                count += one
                bucket = {**names, "le": "+Inf" if bound == INF else str(bound)}
                metric.add_sample(f"{DURATIONS}_bucket", bucket, count)
            metric.add_sample(f"{DURATIONS}_count", names, count)
            metric.add_sample(f"{DURATIONS}_sum", names, durations.total)
            metric.add_sample(f"{DURATIONS}_created", names, durations.created)
        return [metric]

    def describe(self) -> Iterable[Metric]:
        """Returns the histogram without values, which is all that a registry checks."""
        return [Metric(DURATIONS, "How long requests took", "histogram")]


class Metrics:
    """The metrics of one application; two in one process do not share their numbers."""

    def __init__(self, active: Callable[[], float]) -> None:
        """`active` returns how many requests are being answered."""
        self.registry = CollectorRegistry()
        """What /metrics shows; a service's own metrics are registered here."""
        self.requests = RequestMetrics()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        self.registry.register(self.requests)
        gauge = Gauge(
            "http_server_active_requests",
            "Requests that are being answered",
            registry=self.registry,
        )
        gauge.set_function(active)

    def routes(self) -> APIRouter:
        """Returns the route that Prometheus scrapes."""
        router = APIRouter()

        @router.get("/metrics", include_in_schema=False)
        async def metrics() -> Response:
            return Response(generate_latest(self.registry), media_type=CONTENT_TYPE_LATEST)

        return router
