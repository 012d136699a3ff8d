from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig

from . import SERVICE
<% if (it.depends_on.length > 0) { -%>
from .calls.api import BreakerCollector, breaker_routes
from .calls.deadline import DeadlineMiddleware
from .calls.errors import install_call_problem_handlers
from .calls.outgoing import Outgoing
from .clients import build_clients
<% } -%>
from .health import Readiness, health_routes
from .items.api import item_routes
from .items.store import InMemoryItems, ItemStore
from .metrics import Metrics, MetricsMiddleware
from .problems import PROBLEM_RESPONSES, install_problem_handlers
from .requests import QUIET, RequestMiddleware
<% if (it.depends_on.length > 0) { -%>
from .settings import Settings
<% } -%>

# Traces and metrics are made only where OTEL_EXPORTER_OTLP_ENDPOINT says where to send them.
TELEMETRY: TelemetryConfig = {
    "auto_configure": True,
    "logs": False,
    "operation_spans": False,
    "exclude": lambda scope: scope["path"].startswith(QUIET),
}

log = structlog.stdlib.get_logger(__name__)


<% if (it.depends_on.length > 0) { -%>
def create_app(
    items: ItemStore | None = None,
    settings: Settings | None = None,
    outgoing: Outgoing | None = None,
) -> FastAPI:
    """The application with everything it is made of; a test hands in parts of its own."""
    settings = settings if settings is not None else Settings()
    outgoing = outgoing if outgoing is not None else Outgoing(settings.calls)
    clients = build_clients(outgoing, settings)
<% } else { -%>
def create_app(items: ItemStore | None = None) -> FastAPI:
    """The application with everything it is made of; a test hands in a store of its own."""
<% } -%>
    store = items if items is not None else InMemoryItems()
    metrics = Metrics()
<% if (it.depends_on.length > 0) { -%>
    metrics.registry.register(BreakerCollector(outgoing.breakers))
<% } -%>
    readiness = Readiness({"items": store.check})

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        readiness.accepting = True
        log.info("started")
        yield
        readiness.accepting = False
<% if (it.depends_on.length > 0) { -%>
        await outgoing.aclose()
<% } -%>
        log.info("stopped")

    app = FastAPI(
        title=SERVICE, lifespan=lifespan, responses=PROBLEM_RESPONSES, telemetry=TELEMETRY
    )
    install_problem_handlers(app)
<% if (it.depends_on.length > 0) { -%>
    install_call_problem_handlers(app)
    app.state.clients = clients
<% } -%>
    app.include_router(health_routes(readiness))
    app.include_router(metrics.routes())
    app.include_router(item_routes(store))
<% if (it.depends_on.length > 0) { -%>
    app.include_router(breaker_routes(outgoing.breakers))
<% } -%>
    # The last one added is the outermost.
<% if (it.depends_on.length > 0) { -%>
    app.add_middleware(DeadlineMiddleware)
<% } -%>
    app.add_middleware(RequestMiddleware)
    app.add_middleware(MetricsMiddleware, metrics=metrics)
    return app
