"""Fixtures of every service's tests; a pytest plugin."""

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

Logged = Callable[[str], list[dict[str, Any]]]
"""Returns the lines of one event, as the log's readers see them."""


@pytest.fixture
def anyio_backend() -> str:
    """The loop of tests that are coroutines."""
    return "asyncio"


@pytest.fixture
def logged() -> Logged:
    """Sends the log to memory, where it is read by event."""
    # Here, for a service's own tests of its settings need none of it.
    from ..logs import configure_logging
    from ..settings import ServiceSettings

    stream = io.StringIO()
    configure_logging(ServiceSettings(environment="test", log_level="info"), "test", stream)

    def of(event: str) -> list[dict[str, Any]]:
        lines = [json.loads(line) for line in stream.getvalue().splitlines()]
        return [line for line in lines if line["event"] == event]

    return of


@pytest.fixture(scope="session")
def exporter() -> InMemorySpanExporter:
    """In place of a collector, for the whole process: its provider can be set only once."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    return exporter


@pytest.fixture
def spans(exporter: InMemorySpanExporter) -> InMemorySpanExporter:
    """The spans of this test."""
    exporter.clear()
    return exporter
