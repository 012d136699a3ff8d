import asyncio

import pytest
from redis.asyncio import Redis
from redis.exceptions import AuthenticationError, InvalidResponse, ReadOnlyError, ResponseError

from gennet_service_kit.cache.errors import reason
from gennet_service_kit.cache.session import PROBE
from gennet_service_kit.cache.settings import RedisSettings
from gennet_service_kit.cache.shared import DROPS_AT_A_TIME, SharedCache
from gennet_service_kit.cache.values import Lease

from .conftest import joined, name_of, session_of

pytestmark = pytest.mark.anyio


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
    shared: SharedCache, redis_settings: RedisSettings
) -> None:
    before = await lease(shared, "a")
    async with joined(redis_settings) as other:
        await other.drop("a")
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
    async with joined(settings) as shared:
        leased = await lease(shared, "a")
        name = await name_of(redis, settings, "a")
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
    shared: SharedCache, redis: Redis, redis_settings: RedisSettings
) -> None:
    await shared.store(await lease(shared, "a"), "old")
    shared.lose(ConnectionError())
    await shared.drop("a")
    assert await shared.look_up("a") is None
    assert await redis.get(await name_of(redis, redis_settings, "a")) == "old"

    async with session_of(redis_settings) as session:
        await shared.join(session)
        await lease(shared, "a")


async def test_a_key_is_not_read_while_it_is_dropped(shared: SharedCache) -> None:
    await shared.store(await lease(shared, "a"), "old")
    dropping = asyncio.create_task(shared.drop("a"))
    await asyncio.sleep(0)

    assert await shared.look_up("a") is None
    await dropping
    await lease(shared, "a")


async def test_drops_are_remembered_and_done_later(
    redis: Redis, redis_settings: RedisSettings
) -> None:
    # In more than one batch.
    keys = [str(number) for number in range(DROPS_AT_A_TIME + 2)]
    async with joined(redis_settings) as shared:
        names = [await name_of(redis, redis_settings, key) for key in keys]
        await redis.mset(dict.fromkeys([*names, await name_of(redis, redis_settings, "a")], "old"))
        shared.lose(ConnectionError())
        for key in keys:
            await shared.drop(key)

        async with session_of(redis_settings) as session:
            await shared.join(session)
            assert await redis.exists(*names) == 0
            assert await shared.look_up("a") == "old"


async def test_more_drops_than_are_remembered_drop_everything(
    redis_settings: RedisSettings,
) -> None:
    shared = SharedCache(redis_settings, remembered_drops=2)
    async with joined(redis_settings) as other:
        for key in "abcd":
            await other.store(await lease(other, key), "old")
        for key in "abc":
            await shared.drop(key)

        async with session_of(redis_settings) as session:
            await shared.join(session)
            for key in "abcd":
                await lease(shared, key)
            await shared.store(await lease(shared, "d"), "new")
    async with joined(redis_settings) as other, session_of(redis_settings) as session:
        # It happens once.
        await shared.join(session)
        assert await other.look_up("d") == "new"


async def test_a_drop_that_has_not_heard_of_the_present_epoch_is_done_in_it(
    redis: Redis, redis_settings: RedisSettings
) -> None:
    async with joined(redis_settings) as shared:
        name = f"{redis_settings.prefix}:other:a"
        await redis.set(name, "old")
        await redis.hset(f"{redis_settings.prefix}:replicas", "epoch", "other")
        await shared.drop("a")
        assert await redis.exists(name) == 0


async def test_a_value_that_was_loaded_in_an_earlier_epoch_is_not_stored(
    redis_settings: RedisSettings,
) -> None:
    async with joined(redis_settings) as shared, session_of(redis_settings) as session:
        await shared.join(session)
        before = await lease(shared, "a")
        await session.appear(raising=True)
        after = await lease(shared, "a")
        await shared.store(before, "old")
        assert await lease(shared, "a") == after != before


async def test_the_error_of_an_earlier_session_does_not_end_the_present_one(
    redis_settings: RedisSettings, redis: Redis
) -> None:
    async with joined(redis_settings) as shared:
        await redis.client_pause(3_600_000, all=False)
        dropping = asyncio.create_task(shared.drop("a"))
        await asyncio.sleep(0)
        shared.lose(ConnectionError())
        await redis.client_unpause()
        async with session_of(redis_settings) as session:
            await shared.join(session)
            await dropping
            assert shared.reachable


@pytest.mark.parametrize("value", ["lease:", "lease:0", "x" * 101])
async def test_what_cannot_be_stored_is_not(
    redis: Redis, redis_settings: RedisSettings, value: str
) -> None:
    settings = redis_settings.model_copy(update={"max_value_bytes": 100})
    async with joined(settings) as shared:
        leased = await lease(shared, "a")
        await shared.store(leased, value)

        assert await lease(shared, "a") == leased


@pytest.mark.parametrize(
    "key", ["", " ", "a:b", "*", "\r\n", "\0", "\ud800", PROBE, "dropped", "replicas"]
)
async def test_any_text_is_a_key_for_itself(shared: SharedCache, key: str) -> None:
    await shared.store(await lease(shared, key), "one")
    await shared.store(await lease(shared, "?"), "two")

    assert await shared.look_up(key) == "one"
    assert await shared.look_up("?") == "two"


async def test_the_key_that_heartbeats_use_has_the_value_that_was_stored(
    shared: SharedCache, redis_settings: RedisSettings
) -> None:
    async with session_of(redis_settings) as session:
        await session._beat()
        await shared.store(await lease(shared, PROBE), "one")
        await session._beat()

        assert await shared.look_up(PROBE) == "one"


@pytest.mark.parametrize("value", [b"\xff", ["a", "set"]])
async def test_what_is_no_value_of_a_cache_is_replaced(
    shared: SharedCache, redis: Redis, redis_settings: RedisSettings, value: bytes | list[str]
) -> None:
    name = await name_of(redis, redis_settings, "a")
    if isinstance(value, bytes):
        await redis.set(name, value)
    else:
        await redis.sadd(name, *value)

    assert await shared.look_up("a") is None
    assert shared.reachable
    await lease(shared, "a")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ResponseError("unknown command 'hunter2'", status_code="ERR"), "ResponseError: ERR"),
        (ReadOnlyError("hunter2", status_code="READONLY"), "ReadOnlyError: READONLY"),
        (ResponseError("NOREPLICAS hunter2"), "ResponseError: NOREPLICAS"),
        (InvalidResponse("Protocol Error: b'hunter2'"), "InvalidResponse"),
        (AuthenticationError("invalid password"), "AuthenticationError: invalid password"),
    ],
)
def test_what_the_server_repeats_is_not_logged(error: Exception, said: str) -> None:
    assert reason(error) == said
