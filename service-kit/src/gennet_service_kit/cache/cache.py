"""The cache that a service uses."""

import asyncio
from collections.abc import Sequence
from functools import partial
from types import TracebackType
from typing import Self

from ..component import Component
from ..health import Check
from .listener import Listener
from .near import Load, NearCache
from .settings import RedisSettings
from .shared import SharedCache
from .values import Lease


class Cache(Component):
    """Keeps texts by key: near, then in Redis, then from where they are loaded.

    What is dropped after a change is read again by every replica. No method fails because of Redis.
    It works from when it is entered to when it is left.
    """

    def __init__(self, settings: RedisSettings) -> None:
        self._near = NearCache(settings)
        self._shared = SharedCache(settings, when_lost=self._near.close)
        self._listener = Listener(self._shared, self._near, settings)
        self._listening: asyncio.Task[None] | None = None
        self._drops: set[asyncio.Task[None]] = set()

    @property
    def checks(self) -> Sequence[Check]:
        """Returns the check "cache", without which a service is degraded."""
        return (Check("cache", self.check, required=False),)

    async def check(self) -> None:
        """Raises CacheUnreachableError or CacheFullError. Asks nothing: the listener knows it."""
        self._shared.check()

    async def get(self, key: str, load: Load) -> str:
        """Returns the value. Raises what `load` raises.

        One load serves all calls for the key at a time; it continues when its caller gives up,
        and has no deadline of the caller's.
        """
        return await self._near.get(key, partial(self._look_up_or_load, key, load))

    async def drop(self, key: str) -> None:
        """Forgets the value, here and everywhere: to be awaited after every change.

        It is done even when its caller is cancelled.
        """
        drop = asyncio.create_task(self._drop(key))
        self._drops.add(drop)
        drop.add_done_callback(self._drops.discard)
        await asyncio.shield(drop)

    async def _look_up_or_load(self, key: str, load: Load) -> str:
        found = await self._shared.look_up(key)
        if isinstance(found, str):
            return found
        value = await load()
        if isinstance(found, Lease):
            await self._shared.store(found, value)
        return value

    async def _drop(self, key: str) -> None:
        self._near.drop(key)
        await self._shared.drop(key)
        # Meanwhile another call may have read it from Redis.
        self._near.drop(key)

    async def __aenter__(self) -> Self:
        self._listening = asyncio.create_task(self._listener.run())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._near.end()
        await asyncio.gather(*self._drops)
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.wait([self._listening])
