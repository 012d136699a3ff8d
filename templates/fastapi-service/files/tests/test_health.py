import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import FastAPI

from <%= it.package %> import health
from <%= it.package %>.app import create_app
from <%= it.package %>.parts import Parts

Ask = Callable[[], Awaitable[None]]

pytestmark = pytest.mark.anyio


async def passes() -> None:
    return


async def breaks() -> None:
    raise ConnectionError("no route to db.internal")


async def hangs() -> None:
    await asyncio.Event().wait()


async def ready(app: FastAPI) -> httpx.Response:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        return await client.get("/health/ready")


async def test_a_started_service_is_alive_and_ready(client: httpx.AsyncClient) -> None:
    assert (await client.get("/health/live")).json() == {"status": "alive"}
    response = await client.get("/health/ready")
    assert response.status_code == 200
    assert response.json() == {"status": "ready", "checks": {}}


async def test_it_is_not_ready_before_it_started_and_after_it_stopped(app: FastAPI) -> None:
    assert (await ready(app)).status_code == 503
    async with app.router.lifespan_context(app):
        assert (await ready(app)).status_code == 200
    assert (await ready(app)).status_code == 503


@pytest.mark.parametrize("ask", [breaks, hangs])
async def test_a_failing_check_is_named_without_its_details(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "CHECK_SECONDS", 0.01)
    app = create_app(parts=Parts(checks=[health.Check("store", ask)]))
    async with app.router.lifespan_context(app):
        response = await ready(app)
    assert response.status_code == 503
    assert response.json() == {"status": "not ready", "checks": {"store": "failed"}}
    assert "db.internal" not in response.text


async def test_a_dependency_that_is_not_required_degrades_the_service_only() -> None:
    checks = [health.Check("store", passes), health.Check("cache", breaks, required=False)]
    app = create_app(parts=Parts(checks=checks))
    async with app.router.lifespan_context(app):
        response = await ready(app)
    assert response.status_code == 200
    assert response.json() == {"status": "ready", "checks": {"store": "ok", "cache": "degraded"}}


async def test_resources_are_entered_at_the_start_and_left_at_the_end_in_opposite_order() -> None:
    events: list[str] = []

    @asynccontextmanager
    async def resource(name: str) -> AsyncIterator[None]:
        events.append(f"{name} entered")
        yield
        events.append(f"{name} left")

    app = create_app(parts=Parts(resources=[resource("pool"), resource("listener")]))
    assert events == []
    async with app.router.lifespan_context(app):
        assert events == ["pool entered", "listener entered"]
    assert events[2:] == ["listener left", "pool left"]
