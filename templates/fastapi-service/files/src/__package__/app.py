from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import structlog
from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig

from . import SERVICE
<% if (it.depends_on.length > 0) { -%>
from .calls.install import install_calls
from .clients import build_clients
<% } -%>
from .health import Readiness, health_routes
from .items.api import item_routes
from .metrics import Metrics, MetricsMiddleware
from .parts import Parts, build_parts
from .problems import PROBLEM_RESPONSES, install_problem_handlers
from .requests import QUIET, RequestMiddleware
from .settings import Settings

# Traces and metrics are made only where OTEL_EXPORTER_OTLP_ENDPOINT says where to send them.
TELEMETRY: TelemetryConfig = {
    "auto_configure": True,
    "logs": False,
    "operation_spans": False,
    "exclude": lambda scope: scope["path"].startswith(QUIET),
}

log = structlog.stdlib.get_logger(__name__)


def create_app(settings: Settings | None = None, parts: Parts | None = None) -> FastAPI:
    """The application of these parts, by default of those that the settings ask for."""
    settings = settings if settings is not None else Settings()
    parts = parts if parts is not None else build_parts(settings)
    metrics = Metrics()
    for collector in parts.collectors:
        metrics.registry.register(collector)
    readiness = Readiness(parts.checks)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as opened:
<% if (it.depends_on.length > 0) { -%>
            opened.push_async_callback(parts.outgoing.aclose)
<% } -%>
            for resource in parts.resources:
                await opened.enter_async_context(resource)
            readiness.accepting = True
            log.info("started")
            yield
            readiness.accepting = False
        log.info("stopped")

    app = FastAPI(
        title=SERVICE, lifespan=lifespan, responses=PROBLEM_RESPONSES, telemetry=TELEMETRY
    )
    install_problem_handlers(app)
<% if (it.depends_on.length > 0) { -%>
    install_calls(app, parts.outgoing, metrics.registry)
    app.state.clients = build_clients(parts.outgoing, settings)
<% } -%>
    for routes in (health_routes(readiness), metrics.routes(), item_routes(parts.items)):
        app.include_router(routes)
    for routes in parts.routes:
        app.include_router(routes)
    # The last one added is the outermost.
    app.add_middleware(RequestMiddleware)
    app.add_middleware(MetricsMiddleware, metrics=metrics)
    return app
