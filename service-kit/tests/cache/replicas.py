"""Replicas of a service, as far as their caches are concerned."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from gennet_service_kit.cache.cache import Cache
from gennet_service_kit.cache.errors import CacheFullError, CacheUnreachableError
from gennet_service_kit.cache.settings import RedisSettings


class Database:
    """In place of the one that all replicas read; counts what is read from it."""

    def __init__(self, **rows: str) -> None:
        self.rows = rows
        self.reads = 0

    async def read(self, key: str) -> str:
        self.reads += 1
        return self.rows[key]


class Replica:
    """Reads and changes rows through a cache."""

    def __init__(self, cache: Cache, database: Database) -> None:
        self.cache = cache
        self.database = database

    async def read(self, key: str) -> str:
        return await self.cache.get(key, lambda: self.database.read(key))

    async def change(self, key: str, value: str) -> None:
        self.database.rows[key] = value
        await self.cache.drop(key)

    def reaches_redis(self) -> bool:
        try:
            self.cache._shared.check()
        except CacheUnreachableError:
            return False
        except CacheFullError:
            return True
        return True


@asynccontextmanager
async def replica(
    database: Database, settings: RedisSettings, *, waits: bool = True
) -> AsyncIterator[Replica]:
    """A replica, by default from when its cache is reachable."""
    async with Cache(settings) as cache:
        replica = Replica(cache, database)
        if waits:
            await until(replica.reaches_redis)
        yield replica


async def until(holds: Callable[[], bool]) -> None:
    """Polls; what never holds fails the test."""
    async with asyncio.timeout(60):
        while not holds():  # noqa: ASYNC110  (another process has no event for us)
            await asyncio.sleep(0.01)


async def until_read(replica: Replica, key: str, value: str) -> None:
    """Reads until the value is what it should be: other replicas hear of changes in a moment."""
    async with asyncio.timeout(60):
        while await replica.read(key) != value:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
