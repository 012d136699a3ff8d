"""Puts an application together from routers and components."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import structlog
from fastapi import APIRouter, FastAPI
from fastapi.middleware.asyncexitstack import AsyncExitStackMiddleware
from prometheus_client.registry import Collector
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.types import ASGIApp

from .component import Component
from .docs import docs_available, docs_routes
from .failed_groups import install_group_handler
from .health import Readiness, health_routes
from .problems import PROBLEM_RESPONSES, install_problem_handlers
from .requests.middleware import RequestMiddleware
from .routes import add_routes, require_reachable
from .settings import ServiceSettings
from .telemetry import telemetry_of

log = structlog.stdlib.get_logger(__name__)


class Service(FastAPI):
    """An application with one layer between the server and the routes."""

    def __init__(self, requests: RequestMiddleware, **options: Any) -> None:
        self.requests = requests
        super().__init__(**options)

    def build_middleware_stack(self) -> ASGIApp:
        """Returns the layers around the router: this one, then those that were added.

        The framework's own for failures, telemetry and the size of bodies are left out:
        `RequestMiddleware` does what they do.
        """
        handlers: Any = self.exception_handlers
        app: ASGIApp = AsyncExitStackMiddleware(self.router)
        app = ExceptionMiddleware(app, handlers=handlers)
        for cls, args, kwargs in reversed(self.user_middleware):
            app = cls(app, *args, **kwargs)
        return self.requests.wrap(app)


def create_service(
    settings: ServiceSettings,
    *,
    name: str,
    routers: Sequence[APIRouter],
    components: Sequence[Component] = (),
    collectors: Sequence[Collector] = (),
    version: str = "0.1.0",
) -> FastAPI:
    """Returns an application with the routes of `routers`, /health, /metrics and /openapi.json.

    Components are entered in their order when it starts, and left in the opposite order when it
    stops. `collectors` are the service's own metrics. Raises ValueError where a route would take
    the requests of another one.
    """
    requests = RequestMiddleware(settings)
    readiness = Readiness([check for component in components for check in component.checks])

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as entered:
            await entered.enter_async_context(telemetry_of(name, requests, settings.flush_seconds))
            for component in components:
                await entered.enter_async_context(component)
            await entered.enter_async_context(readiness)
            log.info("started")
            yield
        log.info("stopped")

    app = Service(
        requests,
        title=name,
        version=version,
        lifespan=lifespan,
        responses=PROBLEM_RESPONSES,
        # What the service sends it makes itself, in `requests`.
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
    )
    install_problem_handlers(app)
    install_group_handler(app)
    # Routes are tried in their order: those that have most requests come first.
    for router in routers:
        add_routes(app, router)
    for component in components:
        component.install(app)
    platform = [health_routes(readiness), requests.metrics.routes()]
    if settings.shows_docs and docs_available():
        platform.append(docs_routes(app))
    for router in platform:
        add_routes(app, router)
    app.openapi_url = "/openapi.json"
    app.setup()
    require_reachable(app)
    for collector in (*collectors, *(each for part in components for each in part.collectors)):
        requests.metrics.registry.register(collector)
    return app
