"""The service in front of a real server that goes away and comes back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import FastAPI
from prometheus_client.parser import text_string_to_metric_families

from <%= it.package %>.app import create_app
from <%= it.package %>.calls.outgoing import Outgoing
from <%= it.package %>.clients import UsesClients
from <%= it.package %>.health import Ready
from <%= it.package %>.parts import Parts
from <%= it.package %>.server import build_server
from <%= it.package %>.settings import Settings

from .doubles import ONE_FAILURE_OPENS, Clock

pytestmark = pytest.mark.anyio
<% const target = it.depends_on[0]; -%>

TARGET = "<%= target.name %>"


class Backend:
    def __init__(self) -> None:
        self.hits = 0
        self.port = 0
        self.app = FastAPI()

        @self.app.get("/health/ready")
        async def ready() -> Ready:
            self.hits += 1
            return Ready(status="ready", checks={})

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        server = build_server(self.app, Settings(port=self.port))
        serving = asyncio.create_task(server.serve())
        while not server.started:  # noqa: ASYNC110  (uvicorn has no event for it)
            await asyncio.sleep(0)
        self.port = server.servers[0].sockets[0].getsockname()[1]
        yield
        server.should_exit = True
        await serving


async def breaker_metrics(client: httpx.AsyncClient) -> dict[str, float]:
    """What Prometheus is told of the target, by name and new state."""
    text = (await client.get("/metrics")).text
    prefix = "gennet_circuit_breaker_"
    return {
        sample.name.removeprefix(prefix) + sample.labels.get("to", ""): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.labels.get("target") == TARGET
    }


async def test_the_breaker_opens_when_the_backend_stops_and_closes_when_it_is_back() -> None:
    backend, clock = Backend(), Clock()
    async with backend.running():
        pass
    url = f"http://127.0.0.1:{backend.port}"
    settings = Settings.model_validate(
        {"<%= target.module %>_url": url},
    )
    app = create_app(settings, Parts(outgoing=Outgoing(ONE_FAILURE_OPENS, clock)))

    @app.get("/through")
    async def through(clients: UsesClients) -> Ready:
        client = clients.<%= target.module %>
        return await client.get("/health/ready", Ready)

    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client,
    ):
        async with backend.running():
            assert (await client.get("/through")).status_code == 200
        assert (await breaker_metrics(client))["state"] == 0

        stopped = await client.get("/through")
        assert (stopped.status_code, backend.hits) == (502, 1)
        assert "127.0.0.1" not in stopped.text

        async with backend.running():
            refused = await client.get("/through")
            assert (refused.status_code, backend.hits) == (503, 1)
            assert refused.headers["content-type"] == "application/problem+json"
            assert refused.headers["retry-after"] == "10"
            assert refused.json()["detail"] == f"{TARGET} is not available at the moment."
            reports = (await client.get("/internal/breakers")).json()["items"]
            assert [report for report in reports if report["target"] == TARGET] == [
                {
                    "target": TARGET,
                    "state": "open",
                    "consecutive_failures": 1,
                    "rejections": 1,
                    "retry_after_seconds": 10,
                }
            ]
            assert (await breaker_metrics(client))["state"] == 2

            clock.now += 10
            assert (await client.get("/through")).status_code == 200
            assert (await client.get("/through")).status_code == 200
            assert backend.hits == 3
            assert await breaker_metrics(client) == {
                "state": 0,
                "rejections_total": 1,
                "transitions_totalopen": 1,
                "transitions_totalhalf-open": 1,
                "transitions_totalclosed": 1,
            }


async def test_breakers_can_only_be_read(client: httpx.AsyncClient) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert (await client.request(method, "/internal/breakers")).status_code == 405
    assert "/internal/breakers" not in (await client.get("/openapi.json")).json()["paths"]
