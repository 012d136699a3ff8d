"""A Redis that answers, but refuses to do what a cache needs."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from redis.asyncio import Redis

from gennet_service_kit.cache.errors import CacheFullError
from gennet_service_kit.cache.settings import RedisSettings
from gennet_service_kit.testing.fixtures import Logged
from gennet_service_kit.testing.redis import redis_process
from gennet_service_kit.testing.server_process import HOST

from .conftest import client_of
from .replicas import Database, Replica, replica, until

pytestmark = pytest.mark.anyio

REFUSALS = [
    ("NOREPLICAS", ["CONFIG SET min-replicas-to-write 1"], ["CONFIG SET min-replicas-to-write 0"]),
    (
        "MASTERDOWN",
        [
            "CONFIG SET replica-serve-stale-data no",
            "CONFIG SET replica-read-only no",
            f"REPLICAOF {HOST} 1",
        ],
        ["REPLICAOF NO ONE"],
    ),
    ("NOPERM", ["ACL SETUSER default -eval"], ["ACL SETUSER default +eval"]),
    ("NOPERM", ["ACL SETUSER default -info"], ["ACL SETUSER default +info"]),
    ("NOPERM", ["ACL SETUSER default resetchannels"], ["ACL SETUSER default allchannels"]),
    (
        "max number of clients",
        ["CONFIG SET maxclients 1", "CLIENT KILL TYPE pubsub"],
        ["CONFIG SET maxclients 100"],
    ),
    (
        "invalid username-password pair",
        [
            "ACL SETUSER default resetpass >other",
            "CLIENT KILL TYPE normal",
            "CLIENT KILL TYPE pubsub",
        ],
        ["ACL SETUSER default >first"],
    ),
]


@pytest.fixture
async def admin(settings: RedisSettings) -> AsyncIterator[Redis]:
    """A connection that is logged in, whatever happens to passwords."""
    async with client_of(settings) as redis:
        await redis.acl_setuser("default", enabled=True, passwords=["+first"])
        yield redis


async def run(admin: Redis, commands: Sequence[str]) -> None:
    untyped: Any = admin
    for command in commands:
        await untyped.execute_command(*command.split())


class Counting(Database):
    """Has a row for every key."""

    async def read(self, key: str) -> str:
        self.reads += 1
        return key


@pytest.mark.parametrize(("code", "refuse", "allow"), REFUSALS)
async def test_a_server_that_refuses_is_left_alone_and_found_again(
    logged: Logged,
    settings: RedisSettings,
    admin: Redis,
    code: str,
    refuse: Sequence[str],
    allow: Sequence[str],
) -> None:
    key = 0
    watchful = settings.model_copy(
        update={"heartbeat_seconds": 0.05, "password": SecretStr("first")}
    )
    async with replica(Counting(), watchful) as a:

        async def use() -> bool:
            nonlocal key
            key += 1
            assert await a.read(str(key)) == str(key)
            return a.reaches_redis()

        assert await use()
        await run(admin, refuse)
        while await use():
            pass
        await until(
            lambda: (
                code
                in (logged("cache unreachable") + logged("cache still unreachable"))[-1]["error"]
            )
        )
        assert not await use()
        assert logged("cache reachable again") == []

        await run(admin, allow)
        await until(a.reaches_redis)
        assert await use()
    assert len(logged("cache unreachable")) == 1
    assert len(logged("cache reachable again")) == 1


async def test_a_server_that_is_loading_its_data_is_found_when_it_has(
    logged: Logged, tmp_path: Path
) -> None:
    # A millisecond for each key, and an answer to clients after each.
    slow = {"key-load-delay": "1000", "loading-process-events-interval-bytes": "1024"}
    process = redis_process(tmp_path, slow)
    settings = RedisSettings(host=HOST, port=process.port, longest_wait_seconds=0.05)
    with process:
        async with client_of(settings) as redis:
            await redis.mset({str(number): "x" * 1024 for number in range(500)})
            await redis.save()
    with process:
        async with replica(Counting(), settings, waits=False) as a:
            await until(lambda: logged("cache unreachable") != [])
            assert "BusyLoadingError" in logged("cache unreachable")[0]["error"]
            await until(a.reaches_redis)


async def test_a_server_without_memory_is_read_and_is_not_unreachable(
    logged: Logged, settings: RedisSettings, admin: Redis
) -> None:
    database = Database(a="one", b="two", c="three")
    watchful = settings.model_copy(
        update={"heartbeat_seconds": 0.05, "near_seconds": 0.001, "password": SecretStr("first")}
    )
    async with replica(database, watchful) as a:
        assert [await a.read("a"), await a.read("c")] == ["one", "three"]
        await admin.config_set("maxmemory", 1)
        await until(lambda: is_full(a))

        reads = database.reads
        assert [await a.read("a") for _ in range(5)] == ["one"] * 5
        assert database.reads == reads
        assert [await a.read("b") for _ in range(5)] == ["two"] * 5
        await a.change("c", "four")
        assert await a.read("c") == "four"
        assert a.reaches_redis()
        # It can also be found in that state.
        await admin.client_kill_filter(_type="pubsub")
        await until(lambda: len(logged("cache reachable again")) == 1 and is_full(a))

        await admin.config_set("maxmemory", 0)
        await until(lambda: not is_full(a))
        reads = database.reads
        assert [await a.read("b") for _ in range(5)] == ["two"] * 5
    assert len(logged("cache unreachable")) == 1


def is_full(replica: Replica) -> bool:
    try:
        replica.cache._shared.check()
    except CacheFullError:
        return True
    return False
