import time

from fastapi import APIRouter, Response
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .methods import METHODS


class Metrics:
    """Its own registry: two applications in one process do not share their numbers."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        self.durations = Histogram(
            "http_server_request_duration_seconds",
            "How long requests took",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self.active = Gauge(
            "http_server_active_requests",
            "Requests that are being answered",
            registry=self.registry,
        )

    def routes(self) -> APIRouter:
        router = APIRouter()

        @router.get("/metrics", include_in_schema=False)
        async def metrics() -> Response:
            return Response(generate_latest(self.registry), media_type=CONTENT_TYPE_LATEST)

        return router


class MetricsMiddleware:
    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 500

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        with self.metrics.active.track_inprogress():
            try:
                await self.app(scope, receive, watch)
            finally:
                # Paths and methods are the caller's to invent: only known ones become labels.
                method = scope["method"] if scope["method"] in METHODS else "other"
                route = getattr(scope.get("route"), "path_format", "unmatched")
                took = time.perf_counter() - started
                self.metrics.durations.labels(method, route, status).observe(took)
