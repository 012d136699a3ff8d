from collections.abc import Callable
from typing import Any

import httpx
import pytest

from <%= it.package %>.app import create_app
from <%= it.package %>.cache.connection import connect
from <%= it.package %>.cache.settings import (
    RedisSettings,
)
from <%= it.package %>.items.model import (
    Item,
    NewItem,
)

from ..stores.server_process import HOST, ServerProcess, free_port
from ..talking import talking_to
from .replicas import SharedItems, cache_is, replica, status_of, until

Logged = Callable[[str], list[dict[str, Any]]]

pytestmark = pytest.mark.anyio


async def test_a_broken_subscription_ends_what_is_kept_near(
    redis_server: ServerProcess, own_redis_settings: RedisSettings
) -> None:
    items = SharedItems()
    item = await items.add(NewItem(name="one"))
    with redis_server:
        async with (
            connect(own_redis_settings) as redis,
            replica(items, own_redis_settings) as client,
        ):
            assert [await status_of(client, item) for _ in range(2)] == [200, 200]
            # As if another replica had done it, and this one had not heard of it.
            await items.remove(item.id)
            await redis.delete(f"{own_redis_settings.prefix}:items:{item.id}")
            assert await status_of(client, item) == 200

            assert await redis.client_kill_filter(_type="pubsub") == 1

            await until(lambda: is_read_anew(client, item))


async def test_a_restart_of_redis_ends_what_is_kept_near(
    logged: Logged, redis_server: ServerProcess, own_redis_settings: RedisSettings
) -> None:
    items = SharedItems()
    item = await items.add(NewItem(name="one"))
    redis_server.start()
    async with replica(items, own_redis_settings) as client:
        assert [await status_of(client, item) for _ in range(2)] == [200, 200]
        assert items.reads == 1

        redis_server.end()
        await until(lambda: cache_is(client, "degraded"))
        assert [await status_of(client, item) for _ in range(2)] == [200, 200]
        assert items.reads == 3
        await items.remove(item.id)
        redis_server.start()
        await until(lambda: cache_is(client, "ok"))

        assert await status_of(client, item) == 404
    assert len(logged("cache is away")) == len(logged("cache is back")) == 1


async def test_a_service_starts_and_works_without_redis(
    logged: Logged, redis_server: ServerProcess, own_redis_settings: RedisSettings
) -> None:
    items = SharedItems()
    async with replica(items, own_redis_settings, waits=False) as client:
        await until(lambda: is_logged(logged, "cache is away"))
        assert await cache_is(client, "degraded")
        for name in ("one", "two"):
            location = (await client.post("/items", json={"name": name})).headers["location"]
            assert (await client.get(location)).status_code == 200
            assert (await client.delete(location)).status_code == 204
            assert (await client.get(location)).status_code == 404
        assert len(logged("cache is away")) == 1

        redis_server.start()
        await until(lambda: cache_is(client, "ok"))
    assert len(logged("cache is back")) == 1


async def test_the_service_is_ready_without_redis_and_says_so(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    away = {"APP_REDIS__HOST": HOST, "APP_REDIS__PORT": str(free_port())}
    for name, value in {**environment, **away}.items():
        monkeypatch.setenv(name, value)

    async with talking_to(create_app()) as client:
        await until(lambda: cache_is(client, "degraded"))


async def test_a_redis_that_hangs_holds_up_one_request_only_and_hears_of_changes_later(
    logged: Logged, redis_server: ServerProcess, own_redis_settings: RedisSettings
) -> None:
    items = SharedItems()
    item = await items.add(NewItem(name="one"))
    hasty = own_redis_settings.model_copy(update={"response_seconds": 0.2})
    with redis_server:
        async with (
            connect(own_redis_settings) as redis,
            replica(items, hasty) as client,
            replica(items, own_redis_settings) as other,
        ):
            assert await status_of(client, item) == 200
            await redis.client_pause(3_600_000, all=False)

            assert (await client.delete(f"/items/{item.id}")).status_code == 204
            assert await cache_is(client, "degraded")
            assert await status_of(client, item) == 404
            assert len(logged("cache is away")) == 1
            key = f"{own_redis_settings.prefix}:items:{item.id}"
            assert await redis.get(key) == item.model_dump_json()

            await redis.client_unpause()
            await until(lambda: cache_is(client, "ok"))
            assert await redis.get(key) is None
            assert await status_of(other, item) == 404


async def is_read_anew(client: httpx.AsyncClient, item: Item) -> bool:
    return await status_of(client, item) == 404


async def is_logged(logged: Logged, event: str) -> bool:
    return logged(event) != []
