from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from fastapi import FastAPI

from . import SERVICE
from .health import Readiness, health_routes
from .items.api import item_routes
from .items.store import InMemoryItems, ItemStore
from .metrics import Metrics, MetricsMiddleware
from .problems import PROBLEM_RESPONSES, install_problem_handlers
from .requests import RequestMiddleware

log = structlog.stdlib.get_logger(__name__)


def create_app(items: ItemStore | None = None) -> FastAPI:
    """The application with everything it is made of; a test hands in a store of its own."""
    store = items if items is not None else InMemoryItems()
    metrics = Metrics()
    readiness = Readiness({"items": store.check})

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        readiness.accepting = True
        log.info("started")
        yield
        readiness.accepting = False
        log.info("stopped")

    app = FastAPI(title=SERVICE, lifespan=lifespan, responses=PROBLEM_RESPONSES)
    install_problem_handlers(app)
    app.include_router(health_routes(readiness))
    app.include_router(metrics.routes())
    app.include_router(item_routes(store))
    # The last one added is the outermost.
    app.add_middleware(RequestMiddleware)
    app.add_middleware(MetricsMiddleware, metrics=metrics)
    return app
