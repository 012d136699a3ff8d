"""The service while its database is away."""

from collections.abc import AsyncIterator

import pytest

from <%= it.package %>.app import create_app
from <%= it.package %>.database.settings import (
    PostgresSettings,
)

from tests.stores.door import Door
from tests.talking import talking_to

pytestmark = pytest.mark.anyio


@pytest.fixture
async def door(
    postgres: PostgresSettings, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Door]:
    """Through it the service reaches its database; it is shut."""
    door = Door(postgres.host, postgres.port)
    variables = {**environment, "APP_POSTGRES__PORT": str(door.port)}
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    yield door
    await door.shut()


async def test_the_service_starts_without_it_and_is_ready_as_soon_as_it_is_there(
    door: Door,
) -> None:
    async with talking_to(create_app()) as client:
        away = await client.get("/health/ready")
        await door.open()
        there = await client.get("/health/ready")
        added = await client.post("/items", json={"name": "first"})

    assert away.status_code == 503
    assert (away.json()["status"], away.json()["checks"]["database"]) == ("not ready", "failed")
    assert there.status_code == 200
    assert (there.json()["status"], there.json()["checks"]["database"]) == ("ready", "ok")
    assert added.status_code == 201


async def test_requests_meanwhile_are_answered_and_the_next_ones_work(door: Door) -> None:
    await door.open()
    async with talking_to(create_app()) as client:
        assert (await client.get("/items")).status_code == 200
        assert (await client.get("/health/ready")).status_code == 200

        await door.shut()
        refused = await client.get("/items")
        assert (await client.get("/health/ready")).status_code == 503

        await door.open()
        assert (await client.get("/items")).status_code == 200
        assert (await client.get("/health/ready")).status_code == 200

        # While nothing is asked for.
        await door.shut()
        await door.open()
        assert (await client.get("/items")).status_code == 200

    assert refused.status_code == 503
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["detail"] == "The database is not available at the moment."
