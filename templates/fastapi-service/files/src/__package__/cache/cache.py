import asyncio
from types import TracebackType
from typing import Self

from .connection import connect
from .listener import Listener
from .near import Load, NearCache
from .settings import RedisSettings
from .shared import Lease, SharedCache


class CacheAwayError(Exception):
    """Redis cannot be used at the moment; the cache works without it."""


class Cache:
    """Keeps texts by key: near, then in Redis, then from who loads them.

    What is dropped after a change is read again by every replica. None of its methods fails because
    of Redis. It works from when it is entered to when it is left.
    """

    def __init__(self, settings: RedisSettings) -> None:
        self._redis = connect(settings)
        self._shared = SharedCache(self._redis, settings)
        self._near = NearCache(settings)
        self._listener = Listener(self._redis, self._shared, self._near, settings)
        self._listening: asyncio.Task[None] | None = None
        self._drops: set[asyncio.Task[None]] = set()

    async def get(self, key: str, load: Load) -> str:
        """The value. What `load` raises is raised here; it continues when its caller gives up."""

        async def look_up_or_load() -> str:
            found = await self._shared.look_up(key)
            if isinstance(found, str):
                return found
            value = await load()
            if isinstance(found, Lease):
                await self._shared.store(found, value)
            return value

        return await self._near.get(key, look_up_or_load)

    async def drop(self, key: str) -> None:
        """To be awaited after every change; it is done even when its caller is cancelled."""
        drop = asyncio.create_task(self._drop(key))
        self._drops.add(drop)
        drop.add_done_callback(self._drops.discard)
        await asyncio.shield(drop)

    async def _drop(self, key: str) -> None:
        self._near.drop(key)
        await self._shared.drop(key)
        # Meanwhile another call may have read it from Redis.
        self._near.drop(key)

    async def check(self) -> None:
        if not self._shared.reachable:
            raise CacheAwayError

    async def __aenter__(self) -> Self:
        self._listening = asyncio.create_task(self._listener.run())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._near.settle()
        await asyncio.gather(*self._drops)
        if self._listening is not None:
            await end(self._listening)
        await self._redis.aclose()


async def end(task: asyncio.Task[None]) -> None:
    """Cancels it until it has ended: redis-py 8.1 loses a cancellation while it connects."""
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=0.05)
