"""A Redis that ends, hangs, refuses, or was never there, and comes back."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping

import pytest
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisConnectionError

from gennet_service_kit.cache.connection import PipelinedConnection
from gennet_service_kit.cache.session import Session
from gennet_service_kit.cache.settings import RedisSettings
from gennet_service_kit.testing.door import Door
from gennet_service_kit.testing.fixtures import Logged
from gennet_service_kit.testing.redis import redis_process
from gennet_service_kit.testing.server_process import HOST, ServerProcess

from .conftest import client_of, name_of
from .replicas import Database, Replica, replica, until, until_read

pytestmark = pytest.mark.anyio

# What is found out without a request is found out soon.
WATCHFUL = {"heartbeat_seconds": 0.05}
HASTY = {"response_seconds": 0.2, "connect_seconds": 0.2}


@pytest.fixture
async def admin(settings: RedisSettings) -> AsyncIterator[Redis]:
    async with client_of(settings) as redis:
        yield redis


def changed(settings: RedisSettings, *updates: Mapping[str, object]) -> RedisSettings:
    for update in updates:
        settings = settings.model_copy(update=update)
    return settings


async def lost(replica: Replica) -> None:
    await until(lambda: not replica.reaches_redis())


async def found(replica: Replica) -> None:
    await until(replica.reaches_redis)


async def test_a_broken_subscription_ends_what_is_kept_near(
    settings: RedisSettings, admin: Redis
) -> None:
    database = Database(a="old")
    async with replica(database, settings) as a:
        assert await a.read("a") == "old"
        # As if another replica had done it, and this one had not heard of it.
        database.rows["a"] = "new"
        await admin.delete(await name_of(admin, settings, "a"))
        assert await a.read("a") == "old"

        assert await admin.client_kill_filter(_type="pubsub") == 1

        await until_read(a, "a", "new")


async def test_what_is_published_by_anything_else_is_no_fault(
    logged: Logged, settings: RedisSettings, admin: Redis
) -> None:
    database = Database(a="old")
    async with replica(database, settings) as a:
        assert await a.read("a") == "old"
        database.rows["a"] = "new"
        await admin.publish(f"{settings.prefix}:raised", b"\xff")
        for message in (b"\xff", b"", b"a"):
            await admin.publish(f"{settings.prefix}:dropped", message)
        await admin.delete(await name_of(admin, settings, "a"))
        await until_read(a, "a", "new")
    assert logged("cache unreachable") == []


async def test_a_restart_of_redis_ends_what_is_kept_near(
    logged: Logged, redis_server: ServerProcess, settings: RedisSettings
) -> None:
    database = Database(a="old")
    async with replica(database, settings) as a:
        assert [await a.read("a") for _ in range(2)] == ["old"] * 2
        assert database.reads == 1

        redis_server.end()
        await lost(a)
        assert [await a.read("a") for _ in range(2)] == ["old"] * 2
        assert database.reads == 3
        await a.change("a", "new")
        redis_server.start()
        await found(a)

        assert [await a.read("a") for _ in range(2)] == ["new"] * 2
        assert database.reads == 4
    assert len(logged("cache unreachable")) == len(logged("cache reachable again")) == 1


async def test_a_service_starts_and_works_without_redis(
    logged: Logged, redis_server: ServerProcess, own_redis_settings: RedisSettings
) -> None:
    async with replica(Database(a="old"), own_redis_settings, waits=False) as a:
        await until(lambda: logged("cache unreachable") != [])
        assert await a.read("a") == "old"
        await a.change("a", "new")
        assert await a.read("a") == "new"
        assert not a.reaches_redis()

        redis_server.start()
        await found(a)
    assert len(logged("cache unreachable")) == len(logged("cache reachable again")) == 1


async def test_a_redis_that_hangs_holds_up_one_request_only_and_hears_of_changes_later(
    logged: Logged, settings: RedisSettings, admin: Redis
) -> None:
    database = Database(a="old")
    async with (
        replica(database, changed(settings, HASTY)) as hasty,
        replica(database, settings) as other,
    ):
        assert await hasty.read("a") == "old"
        await admin.client_pause(3_600_000, all=False)

        await hasty.change("a", "new")
        assert not hasty.reaches_redis()
        assert await hasty.read("a") == "new"
        assert len(logged("cache unreachable")) == 1
        assert await admin.get(await name_of(admin, settings, "a")) == "old"

        await admin.client_unpause()
        await found(hasty)
        assert await admin.get(await name_of(admin, settings, "a")) is None
        assert await other.read("a") == "new"


async def test_a_stopped_redis_is_noticed_without_a_request(
    redis_server: ServerProcess, settings: RedisSettings
) -> None:
    database = Database(a="old")
    async with replica(database, changed(settings, WATCHFUL, HASTY)) as a:
        assert await a.read("a") == "old"

        redis_server.pause()
        await lost(a)
        database.rows["a"] = "new"
        assert await a.read("a") == "new"
        redis_server.resume()
        await found(a)


async def test_a_network_that_loses_everything_is_noticed_and_so_is_its_return(
    logged: Logged, settings: RedisSettings
) -> None:
    door = Door(HOST, settings.port)
    await door.open()
    through = changed(settings, WATCHFUL, HASTY, {"port": door.port})
    async with replica(Database(a="one"), through) as a:
        door.hold()
        await lost(a)
        assert "no answer within" in logged("cache unreachable")[0]["error"]
        assert await a.read("a") == "one"
        await until(lambda: logged("cache still unreachable") != [])
        assert "no connection within" in logged("cache still unreachable")[0]["error"]
        door.release()
        await found(a)
    await door.shut()


async def test_a_writer_that_was_demoted_is_left_for_the_new_one(
    logged: Logged, settings: RedisSettings, admin: Redis, tmp_path_factory: pytest.TempPathFactory
) -> None:
    door = Door(HOST, settings.port)
    await door.open()
    through = changed(settings, WATCHFUL, {"port": door.port})
    with redis_process(tmp_path_factory.mktemp("new")) as new_server:
        async with replica(Database(a="one"), through) as a:
            await admin.replicaof(HOST, str(new_server.port))
            await lost(a)
            assert "READONLY" in logged("cache unreachable")[0]["error"]

            # As DNS does it for a name.
            door.behind = (HOST, new_server.port)
            await found(a)
            assert await a.read("a") == "one"
        async with client_of(changed(settings, {"port": new_server.port})) as new:
            assert await new.get(await name_of(new, settings, "a")) == "one"
    await door.shut()


async def test_connections_that_lead_to_two_servers_are_no_session(
    settings: RedisSettings, redis_settings: RedisSettings
) -> None:
    hasty = changed(settings, {"response_seconds": 0.1})
    session = Session(hasty, "a")
    session._connections[-1] = PipelinedConnection(
        changed(redis_settings, {"prefix": hasty.prefix})
    )

    with pytest.raises(RedisConnectionError, match="did not arrive"):
        await session.open()
    await session.close()


async def test_it_is_found_again_however_busy_the_process_is(settings: RedisSettings) -> None:
    """Heartbeats are sent all the time, and end at any moment, with a loop that is always late."""
    busy = True

    async def work() -> None:
        while busy:
            until = time.perf_counter() + 0.001
            while time.perf_counter() < until:
                pass
            await asyncio.sleep(0)

    async with replica(Database(), changed(settings, {"heartbeat_seconds": 0.001})) as a:
        working = [asyncio.create_task(work()) for _ in range(3)]
        for turns in range(5):
            for _ in range(turns):
                await asyncio.sleep(0)
            a.cache._shared.lose(ConnectionError("given up"))
            assert not a.reaches_redis()
            await found(a)
        busy = False
        await asyncio.gather(*working)
