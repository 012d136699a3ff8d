import asyncio

import httpx
import pytest
from fastapi import FastAPI

from gennet_service_kit.health import Check, Readiness, health_routes

pytestmark = pytest.mark.anyio


def talking_to(readiness: Readiness) -> httpx.AsyncClient:
    app = FastAPI()
    app.include_router(health_routes(readiness))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")


async def test_a_process_without_its_stores_is_alive_and_not_ready() -> None:
    async def hang() -> None:
        await asyncio.Event().wait()

    async with Readiness([Check("store", hang)]) as readiness, talking_to(readiness) as client:
        assert (await client.get("/health/live")).json() == {"status": "alive"}
        response = await client.get("/health/ready")
    assert response.status_code == 503
    assert response.json() == {"status": "not ready", "checks": {"store": "failed"}}


async def test_a_failure_is_named_without_its_reason() -> None:
    asked = asyncio.Event()

    async def refuse() -> None:
        asked.set()
        raise ConnectionError("no route to db.internal")

    async with Readiness([Check("store", refuse)]) as readiness, talking_to(readiness) as client:
        await asked.wait()
        response = await client.get("/health/ready")
    assert (response.status_code, "db.internal" in response.text) == (503, False)


async def test_a_crowd_that_asks_is_answered_like_the_kubelet() -> None:
    asked = 0

    async def check() -> None:
        nonlocal asked
        asked += 1

    checks = [Check("store", check)]
    async with Readiness(checks, interval_seconds=60) as readiness, talking_to(readiness) as client:
        async with asyncio.timeout(10):
            while (await client.get("/health/ready")).status_code != 200:  # noqa: ASYNC110 - polled
                await asyncio.sleep(0)
        answers = await asyncio.gather(*(client.get("/health/ready") for _ in range(100)))
    assert {answer.status_code for answer in answers} == {200}
    assert answers[0].json() == {"status": "ready", "checks": {"store": "ok"}}
    assert asked == 1
