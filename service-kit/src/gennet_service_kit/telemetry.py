"""Sends traces and metrics to an OpenTelemetry collector, where there is one."""

import asyncio
import os
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Generic, TypeVar

import structlog
from opentelemetry import metrics, trace

from . import __version__
from .requests.middleware import RequestMiddleware
from .requests.spans import SCHEMA, SCOPE, ServerSpans

# Until then a service that starts has something better to do.
METRICS_AFTER_SECONDS = 0.5

Made = TypeVar("Made")

log = structlog.stdlib.get_logger(__name__)


@asynccontextmanager
async def telemetry_of(
    name: str, requests: RequestMiddleware, flush_seconds: float
) -> AsyncIterator[None]:
    """Sends traces and metrics of requests where OTEL_EXPORTER_OTLP_ENDPOINT says.

    Providers that are set already, such as those of a test, are used as they are. At the end what
    was not sent yet is sent; a collector that does not take it in time does not hold up the end.
    """
    sends: list[Callable[[], object]] = []
    timer = None
    if endpoint := endpoint_of("TRACES"):
        # The SDK is imported where it is needed: it takes a third of the time to start.
        from .providers import tracer_provider

        if isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider):
            trace.set_tracer_provider(tracer_provider(name, endpoint))
        sends.append(getattr(trace.get_tracer_provider(), "force_flush", nothing))
    if endpoint := endpoint_of("METRICS"):
        later = Later(lambda: send_metrics(name, endpoint, requests))
        thread = threading.Thread(target=later.get, daemon=True)
        timer = asyncio.get_running_loop().call_later(METRICS_AFTER_SECONDS, thread.start)
        sends.append(lambda: later.get()())
    if not isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider):
        requests.spans = ServerSpans(trace.get_tracer(SCOPE, __version__, schema_url=SCHEMA))
    try:
        yield
    finally:
        if timer is not None:
            timer.cancel()
        if sends:
            await asyncio.to_thread(finish, sends, flush_seconds)


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


def send_metrics(name: str, endpoint: str, requests: RequestMiddleware) -> Callable[[], object]:
    """Begins to send metrics. Returns what sends those that were not sent yet."""
    from .providers import meter_provider

    provider = meter_provider(name, endpoint, requests)
    metrics.set_meter_provider(provider)
    return provider.force_flush


class Later(Generic[Made]):
    """Makes something once, in the first thread that asks for it."""

    def __init__(self, make: Callable[[], Made]) -> None:
        self._make = make
        self._made: list[Made] = []
        self._lock = threading.Lock()

    def get(self) -> Made:
        """Returns it."""
        with self._lock:
            if not self._made:
                self._made.append(self._make())
            return self._made[0]


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
