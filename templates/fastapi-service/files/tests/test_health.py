import asyncio

import httpx
import pytest
from fastapi import FastAPI

from <%= it.package %> import health
from <%= it.package %>.app import create_app
from <%= it.package %>.items import store

pytestmark = pytest.mark.anyio


class BrokenItems(store.InMemoryItems):
    async def check(self) -> None:
        raise ConnectionError("no route to db.internal")


class HangingItems(store.InMemoryItems):
    async def check(self) -> None:
        await asyncio.Event().wait()


async def ready(app: FastAPI) -> httpx.Response:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        return await client.get("/health/ready")


async def test_a_started_service_is_alive_and_ready(client: httpx.AsyncClient) -> None:
    assert (await client.get("/health/live")).json() == {"status": "alive"}
    response = await client.get("/health/ready")
    assert response.status_code == 200
    assert response.json() == {"status": "ready", "checks": {"items": "ok"}}


async def test_it_is_not_ready_before_it_started_and_after_it_stopped(app: FastAPI) -> None:
    assert (await ready(app)).status_code == 503
    async with app.router.lifespan_context(app):
        assert (await ready(app)).status_code == 200
    assert (await ready(app)).status_code == 503


@pytest.mark.parametrize("items", [BrokenItems(), HangingItems()])
async def test_a_failing_check_is_named_without_its_details(
    items: store.InMemoryItems, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "CHECK_SECONDS", 0.01)
    app = create_app(items)
    async with app.router.lifespan_context(app):
        response = await ready(app)
    assert response.status_code == 503
    assert response.json() == {"status": "not ready", "checks": {"items": "failed"}}
    assert "db.internal" not in response.text
