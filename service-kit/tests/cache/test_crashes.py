"""What a replica has changed but not dropped is dropped when it dies, and once."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
from redis.asyncio import Redis

from gennet_service_kit.cache.cache import Cache
from gennet_service_kit.cache.session import Session
from gennet_service_kit.cache.settings import RedisSettings
from gennet_service_kit.testing.door import Door
from gennet_service_kit.testing.fixtures import Logged
from gennet_service_kit.testing.redis import redis_process
from gennet_service_kit.testing.server_process import HOST, ServerProcess

from .conftest import client_of, epoch_of, name_of
from .replicas import Database, Replica, replica, until, until_read

pytestmark = pytest.mark.anyio

PRESENCE_SECONDS = 0.6


@pytest.fixture
def watchful(settings: RedisSettings) -> RedisSettings:
    """Settings with which a death is noticed soon, of a Redis for this test alone."""
    return settings.model_copy(
        update={"heartbeat_seconds": 0.05, "presence_seconds": PRESENCE_SECONDS}
    )


@pytest.fixture
async def admin(settings: RedisSettings) -> AsyncIterator[Redis]:
    async with client_of(settings) as redis:
        yield redis


class Epochs:
    """Hears of every new epoch."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []


@asynccontextmanager
async def epochs_of(settings: RedisSettings) -> AsyncIterator[Epochs]:
    epochs = Epochs()
    async with Redis(host=settings.host, port=settings.port) as redis, redis.pubsub() as pubsub:
        await pubsub.subscribe(f"{settings.prefix}:raised")

        async def listen() -> None:
            async for message in pubsub.listen():
                if message["type"] == "message":
                    epochs.heard.append(message["data"])

        listening = asyncio.create_task(listen())
        await asyncio.sleep(0.05)
        yield epochs
        listening.cancel()
        await asyncio.wait([listening])


@pytest.fixture
async def epochs(watchful: RedisSettings) -> AsyncIterator[Epochs]:
    async with epochs_of(watchful) as epochs:
        yield epochs


@asynccontextmanager
async def mortal(database: Database, settings: RedisSettings) -> AsyncIterator[Replica]:
    """A replica that is killed at the end: nothing tells Redis that it leaves."""
    async with replica(database, settings) as a:
        yield a
        kill(a)


def kill(replica: Replica) -> None:
    async def nothing(_: Session) -> None:
        return

    replica.cache._shared.leave = nothing  # type: ignore


async def entries(admin: Redis, settings: RedisSettings) -> set[str]:
    """The replicas that count as present."""
    fields = await admin.hkeys(f"{settings.prefix}:replicas")
    return set(map(str, fields)) - {"epoch", "history", "began"}


async def noticed() -> None:
    """Waits for as long as a death would need to be noticed."""
    await asyncio.sleep(PRESENCE_SECONDS + 0.3)


async def test_a_replica_that_is_killed_before_its_drop_leaves_nothing_stale(
    watchful: RedisSettings,
) -> None:
    database = Database(a="old")
    async with replica(database, watchful) as b:
        async with mortal(database, watchful) as a:
            assert await a.read("a") == "old"
            assert await b.read("a") == "old"
            database.rows["a"] = "new"
        began = time.monotonic()
        assert await b.read("a") == "old"

        await until_read(b, "a", "new")
        assert time.monotonic() - began < PRESENCE_SECONDS + 5


async def test_a_replica_that_stops_without_redis_leaves_nothing_stale(
    watchful: RedisSettings, admin: Redis
) -> None:
    database = Database(a="old")
    door = Door(HOST, watchful.port)
    await door.open()
    through = watchful.model_copy(
        update={"port": door.port, "response_seconds": 0.1, "connect_seconds": 0.1}
    )
    async with replica(database, watchful) as b:
        async with replica(database, through) as a:
            assert [await each.read("a") for each in (a, b)] == ["old"] * 2
            door.hold()
            await a.change("a", "new")
            assert not a.reaches_redis()
        assert await b.read("a") == "old"

        await until_read(b, "a", "new")
    await door.shut()
    assert await entries(admin, watchful) == set()


async def test_a_replica_that_reaches_redis_as_it_stops_but_owes_a_drop_stays_present(
    watchful: RedisSettings, admin: Redis
) -> None:
    async with replica(Database(), watchful) as a:
        a.cache._shared._unconfirmed["a"] = object()
    assert await entries(admin, watchful) == {a.cache._listener._replica}


@pytest.mark.parametrize("unborn", [True, False])
async def test_a_replica_that_leaves_raises_nothing(
    watchful: RedisSettings, admin: Redis, epochs: Epochs, unborn: bool
) -> None:
    database = Database(a="one")
    async with replica(database, watchful) as b:
        async with replica(database, watchful, waits=not unborn) as a:
            await a.read("a")
            await a.change("a", "two")
        assert await entries(admin, watchful) == {b.cache._listener._replica}
        await noticed()
    assert len(epochs.heard) == 1
    assert await entries(admin, watchful) == set()


@pytest.mark.parametrize("turns", range(0, 60, 6))
async def test_it_leaves_no_trace_whatever_it_does_at_that_moment(
    watchful: RedisSettings, admin: Redis, turns: int
) -> None:
    async with Cache(watchful):
        for _ in range(turns):
            await asyncio.sleep(0.0002)
    assert await entries(admin, watchful) == set()


async def test_three_replicas_raise_the_epoch_once_for_one_death(
    watchful: RedisSettings, epochs: Epochs
) -> None:
    database = Database(a="old")
    async with AsyncExitStack() as stack:
        others = [await stack.enter_async_context(replica(database, watchful)) for _ in range(3)]
        async with mortal(database, watchful) as a:
            assert [await each.read("a") for each in (a, *others)] == ["old"] * 4
            database.rows["a"] = "new"
        for each in others:
            await until_read(each, "a", "new")
        await noticed()
        assert all(each.reaches_redis() for each in others)
        assert database.reads == 2
    # The first is that of an empty Redis.
    assert len(epochs.heard) == 2


async def test_a_lost_session_raises_nothing(watchful: RedisSettings, admin: Redis) -> None:
    database = Database(a="one")
    async with replica(database, watchful) as a, replica(database, watchful) as b:
        assert await a.read("a") == "one"
        epoch = await epoch_of(admin, watchful)
        for _ in range(10):
            await admin.client_kill_filter(_type="pubsub")
            await asyncio.sleep(0.1)
            await until(lambda: a.reaches_redis() and b.reaches_redis())
        assert await b.read("a") == "one"
        assert await epoch_of(admin, watchful) == epoch
    assert database.reads == 1


async def test_a_pause_of_redis_that_all_survive_raises_nothing(
    redis_server: ServerProcess, watchful: RedisSettings, admin: Redis
) -> None:
    hasty = watchful.model_copy(update={"response_seconds": 0.1, "connect_seconds": 0.1})
    database = Database(a="one")
    async with replica(database, hasty) as a, replica(database, hasty) as b:
        assert [await each.read("a") for each in (a, b)] == ["one"] * 2
        epoch = await epoch_of(admin, watchful)
        redis_server.pause()
        await asyncio.sleep(2 * PRESENCE_SECONDS)
        redis_server.resume()
        await until(lambda: a.reaches_redis() and b.reaches_redis())
        await noticed()
        assert await epoch_of(admin, watchful) == epoch
        assert [await each.read("a") for each in (a, b)] == ["one"] * 2
    assert database.reads == 1


async def test_who_stops_while_redis_pauses_is_noticed_after_it(
    redis_server: ServerProcess, watchful: RedisSettings
) -> None:
    hasty = watchful.model_copy(update={"response_seconds": 0.1, "connect_seconds": 0.1})
    database = Database(a="old")
    async with replica(database, hasty) as b:
        async with replica(database, hasty) as a:
            assert [await each.read("a") for each in (a, b)] == ["old"] * 2
            redis_server.pause()
            await until(lambda: not a.reaches_redis() and not b.reaches_redis())
            await a.change("a", "new")
            await asyncio.sleep(2 * PRESENCE_SECONDS)
        redis_server.resume()
        await until(b.reaches_redis)
        assert await b.read("a") == "old"
        await until_read(b, "a", "new")


async def test_the_only_replica_that_dies_is_noticed_by_the_next_one(
    watchful: RedisSettings,
) -> None:
    database = Database(a="old")
    async with mortal(database, watchful) as a:
        assert await a.read("a") == "old"
        database.rows["a"] = "new"
    await noticed()
    async with replica(database, watchful) as b:
        await until_read(b, "a", "new")


async def test_one_that_was_cut_off_for_longer_is_present_again_and_drops_then(
    watchful: RedisSettings, admin: Redis, epochs: Epochs
) -> None:
    database = Database(a="old", b="one")
    door = Door(HOST, watchful.port)
    await door.open()
    through = watchful.model_copy(
        update={"port": door.port, "response_seconds": 0.1, "connect_seconds": 0.1}
    )
    async with replica(database, watchful) as b, replica(database, through) as a:
        door.hold()
        await until(lambda: not a.reaches_redis())
        await until(lambda: len(epochs.heard) == 2)
        assert [await b.read(key) for key in "ab"] == ["old", "one"]
        await a.change("a", "new")

        door.release()
        await until(a.reaches_redis)
        await until_read(b, "a", "new")
        assert await b.read("b") == "one"
        await noticed()
        assert len(await entries(admin, watchful)) == 2
        assert len(epochs.heard) == 2
    await door.shut()


async def test_a_full_redis_is_no_death_and_hides_none(
    watchful: RedisSettings, admin: Redis, epochs: Epochs
) -> None:
    database = Database(a="old")
    async with replica(database, watchful) as b, replica(database, watchful) as c:
        async with mortal(database, watchful) as a:
            assert [await each.read("a") for each in (a, b, c)] == ["old"] * 3
            await admin.config_set("maxmemory", 1)
            await noticed()
            assert len(epochs.heard) == 1
            assert len(await entries(admin, watchful)) == 3
            database.rows["a"] = "new"
        for each in (b, c):
            await until_read(each, "a", "new")
        await noticed()
        assert len(epochs.heard) == 2
        await admin.config_set("maxmemory", 0)


@asynccontextmanager
async def copied(settings: RedisSettings, folder: Path) -> AsyncIterator[tuple[Redis, int]]:
    """A client of a server that receives all that is done at another, and its port."""
    with redis_process(folder) as copy:
        async with (
            client_of(settings) as original,
            client_of(settings.model_copy(update={"port": copy.port})) as new,
        ):
            await original.config_set("repl-diskless-sync-delay", 0)
            await new.replicaof(HOST, str(settings.port))
            await until_async(lambda: is_in_step(new))
            yield new, copy.port


async def test_a_server_with_older_data_that_takes_over_shows_none_of_it(
    logged: Logged, watchful: RedisSettings, admin: Redis, tmp_path: Path
) -> None:
    database = Database(a="old")
    door = Door(HOST, watchful.port)
    await door.open()
    through = watchful.model_copy(update={"port": door.port})
    async with copied(watchful, tmp_path) as (new, port), AsyncExitStack() as stack:
        a, b = [await stack.enter_async_context(replica(database, through)) for _ in range(2)]
        assert [await each.read("a") for each in (a, b)] == ["old"] * 2
        await until_async(lambda: has(new, watchful, "a"))
        name = await name_of(new, watchful, "a")
        # From here on it lacks what is done.
        await new.replicaof("NO", "ONE")
        await a.change("a", "new")
        assert [await each.read("a") for each in (a, b)] == ["new"] * 2

        async with epochs_of(watchful.model_copy(update={"port": port})) as epochs:
            await admin.replicaof(HOST, "1")
            await until(lambda: not a.reaches_redis() and not b.reaches_redis())
            door.behind = (HOST, port)
            await until(lambda: a.reaches_redis() and b.reaches_redis())
            assert [await each.read("a") for each in (a, b)] == ["new"] * 2
            assert await new.get(name) == "old"
            await noticed()
            assert len(epochs.heard) == 1
    await door.shut()


async def test_what_is_dropped_at_a_server_after_another_took_over_is_dropped_there_as_well(
    watchful: RedisSettings, tmp_path: Path
) -> None:
    database = Database(a="old")
    door = Door(HOST, watchful.port)
    await door.open()
    through = watchful.model_copy(update={"port": door.port})
    async with copied(watchful, tmp_path) as (new, port), replica(database, through) as a:
        await new.replicaof("NO", "ONE")
        async with replica(database, watchful.model_copy(update={"port": port})) as b:
            assert await b.read("a") == "old"
            await a.change("a", "new")
            assert a.reaches_redis()
            assert await b.read("a") == "old"

            door.behind = (HOST, port)
            a.cache._shared.lose(ConnectionError())
            await until(a.reaches_redis)
            await until_read(b, "a", "new")
    await door.shut()


async def test_a_server_that_starts_again_with_older_data_shows_none_of_it(
    tmp_path: Path,
) -> None:
    process = redis_process(tmp_path)
    settings = RedisSettings(host=HOST, port=process.port, longest_wait_seconds=0.05)
    database = Database(a="old")
    process.start()
    async with replica(database, settings) as a:
        assert await a.read("a") == "old"
        async with client_of(settings) as admin:
            await admin.save()
            name = await name_of(admin, settings, "a")
        await a.change("a", "new")
        process.kill()
        process.start()
        await until(lambda: not a.reaches_redis())
        await until(a.reaches_redis)
        assert await a.read("a") == "new"
        async with client_of(settings) as admin:
            assert await admin.get(name) == "old"
    process.end()


async def test_what_redis_loses_of_the_replicas_begins_a_new_epoch(
    watchful: RedisSettings, admin: Redis
) -> None:
    database = Database(a="old")
    async with replica(database, watchful) as a:
        assert await a.read("a") == "old"
        database.rows["a"] = "new"
        assert await admin.delete(f"{watchful.prefix}:replicas") == 1
        await until_read(a, "a", "new")
        assert a.reaches_redis()


async def test_a_published_epoch_that_is_not_the_present_one_is_not_kept(
    watchful: RedisSettings, admin: Redis
) -> None:
    async with replica(Database(a="one"), watchful) as a:
        epoch = await epoch_of(admin, watchful)
        await admin.publish(f"{watchful.prefix}:raised", "other")
        await until(lambda: not a.reaches_redis())
        await until(a.reaches_redis)
        session = a.cache._shared._session
        assert session is not None
        assert session.commands.epoch == epoch == await epoch_of(admin, watchful)


async def is_in_step(copy: Redis) -> bool:
    return bool((await copy.info("replication"))["master_link_status"] == "up")


async def has(redis: Redis, settings: RedisSettings, key: str) -> bool:
    return bool(await redis.exists(await name_of(redis, settings, key)))


async def until_async(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(60):
        while not await holds():  # noqa: ASYNC110  (another process has no event for us)
            await asyncio.sleep(0.01)
