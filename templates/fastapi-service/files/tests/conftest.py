import io
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from <%= it.package %> import health
from <%= it.package %>.app import create_app
from <%= it.package %>.logs import configure_logging
from <%= it.package %>.parts import Parts
from <%= it.package %>.settings import Settings

from .talking import talking_to
<% const folders = [it.postgres && "database", it.redis && "cache", it.neo4j && "graph"].filter(Boolean); -%>
<% if (folders.length > 0) { -%>

pytest_plugins = [<%= folders.map((folder) => `"tests.${folder}.fixtures"`).join(", ") %>]
<% } -%>


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def _patient_readiness(monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that is there is not failed because this machine is slow."""
    monkeypatch.setattr(health, "CHECK_SECONDS", 60)


<% if (it.postgres) { -%>
@pytest.fixture(autouse=True)
def _required_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """What has no default, for the tests that are not about it."""
    monkeypatch.setenv("APP_POSTGRES__USER", "nobody")
    monkeypatch.setenv("APP_POSTGRES__PASSWORD", "of a database that is not there")


<% } -%>
<% if (it.features.length > 0) { -%>
@pytest.fixture
def environment(
<% for (const feature of it.features) { -%>
    <%= feature %>_variables: dict[str, str],
<% } -%>
) -> dict[str, str]:
    """The variables with which the service finds the real stores of the test."""
    return <%= it.features.map((feature) => `${feature}_variables`).join(" | ") %>


<% } else { -%>
@pytest.fixture
def environment() -> dict[str, str]:
    """The variables with which the service finds its stores: it has none."""
    return {}


<% } -%>
@pytest.fixture
def app() -> FastAPI:
    """The application by itself: whatever it keeps, it keeps in memory."""
    return create_app(parts=Parts())


@pytest.fixture
def service(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    """The application on its real stores, as it runs in production."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return create_app()


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with talking_to(app) as client:
        yield client


@pytest.fixture
def logged() -> Callable[[str], list[dict[str, Any]]]:
    """Answers the lines of one event, as the log's readers see them."""
    stream = io.StringIO()
    configure_logging(Settings(environment="test", log_level="info"), stream)

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
    exporter.clear()
    return exporter
