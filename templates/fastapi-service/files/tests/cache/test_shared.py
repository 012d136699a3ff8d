import asyncio
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis
from redis.exceptions import AuthenticationError, ResponseError

from <%= it.package %>.cache.connection import connect
from <%= it.package %>.cache.settings import (
    RedisSettings,
)
from <%= it.package %>.cache.shared import (
    Lease,
    SharedCache,
    reason,
)

pytestmark = pytest.mark.anyio


@pytest.fixture
async def redis(redis_settings: RedisSettings) -> AsyncIterator[Redis]:
    async with connect(redis_settings) as redis:
        yield redis


@pytest.fixture
async def shared(redis: Redis, redis_settings: RedisSettings) -> SharedCache:
    return await reached(redis, redis_settings)


async def reached(redis: Redis, settings: RedisSettings) -> SharedCache:
    shared = SharedCache(redis, settings)
    await shared.recover()
    return shared


async def lease(shared: SharedCache, key: str) -> Lease:
    found = await shared.look_up(key)
    assert isinstance(found, Lease)
    return found


async def test_what_is_stored_is_found_until_it_is_dropped(shared: SharedCache) -> None:
    await shared.store(await lease(shared, "a"), "one")
    assert await shared.look_up("a") == "one"

    await shared.drop("a")
    await lease(shared, "a")


async def test_what_was_loaded_before_a_change_is_not_stored_after_it(
    shared: SharedCache, redis: Redis, redis_settings: RedisSettings
) -> None:
    before = await lease(shared, "a")
    await (await reached(redis, redis_settings)).drop("a")
    after = await lease(shared, "a")

    await shared.store(before, "old")
    assert await lease(shared, "a") == after
    await shared.store(after, "new")
    assert await shared.look_up("a") == "new"


async def test_readers_at_one_time_share_a_lease(shared: SharedCache) -> None:
    first, second = await asyncio.gather(lease(shared, "a"), lease(shared, "a"))

    assert first == second


async def test_values_and_leases_end_by_themselves(
    redis: Redis, redis_settings: RedisSettings
) -> None:
    settings = redis_settings.model_copy(
        update={"ttl_seconds": 100, "ttl_jitter": 0.2, "lease_seconds": 50}
    )
    shared = await reached(redis, settings)
    name = f"{settings.prefix}:a"

    leased = await lease(shared, "a")
    assert 0 < await redis.pttl(name) <= 50_000
    times = []
    for _ in range(20):
        await shared.store(leased, "one")
        times.append(await redis.pexpiretime(name))
        await shared.drop("a")
        leased = await lease(shared, "a")
    now = int((await redis.time())[0]) * 1000
    assert len(set(times)) > 1
    assert max(times) - now <= 101_000


async def test_a_key_is_not_read_before_its_drop_is_confirmed(
    shared: SharedCache, redis: Redis
) -> None:
    await shared.store(await lease(shared, "a"), "old")
    shared.lose(ConnectionError())
    await shared.drop("a")
    assert await shared.look_up("a") is None
    assert await redis.get(f"{shared.channel.removesuffix(':dropped')}:a") == "old"

    await shared.recover()
    await lease(shared, "a")


async def test_a_key_is_not_read_while_it_is_dropped(shared: SharedCache) -> None:
    await shared.store(await lease(shared, "a"), "old")
    dropping = asyncio.create_task(shared.drop("a"))
    await asyncio.sleep(0)

    assert await shared.look_up("a") is None
    await dropping
    await lease(shared, "a")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ResponseError("unknown command 'HELLO' with args 'hunter2'"), "ResponseError: unknown"),
        (AuthenticationError("invalid password"), "AuthenticationError: invalid password"),
    ],
)
def test_what_the_server_repeats_is_not_told(error: Exception, said: str) -> None:
    assert reason(error) == said
