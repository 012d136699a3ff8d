import asyncio
import time
from collections.abc import Callable, Coroutine
from functools import partial

from .settings import RedisSettings

Clock = Callable[[], float]
"""Seconds that only grow, such as those of time.monotonic."""

Load = Callable[[], Coroutine[None, None, str]]


class NearCache:
    """A few values in the memory of this process, for a moment.

    It keeps anything only while it is open, which is while the process hears of changes. Many who
    ask for one key at a time cause one load.
    """

    def __init__(self, settings: RedisSettings, clock: Clock = time.monotonic) -> None:
        self._seconds = settings.near_seconds
        self._limit = settings.near_entries
        self._clock = clock
        self._open = False
        # When the value is too old, and the value; the one that was put in first comes first.
        self._entries: dict[str, tuple[float, str]] = {}
        self._loads: dict[str, asyncio.Task[str]] = {}
        self._running: set[asyncio.Task[str]] = set()

    async def get(self, key: str, load: Load) -> str:
        expires, value = self._entries.get(key, (0.0, ""))
        if self._clock() < expires:
            return value
        task = self._loads.get(key)
        if task is None:
            task = self._loads[key] = asyncio.create_task(load())
            self._running.add(task)
            task.add_done_callback(partial(self._end, key))
        # The others still wait for it when one of those who do is cancelled.
        return await asyncio.shield(task)

    def drop(self, key: str) -> None:
        """Forgets the value, and the one that is being loaded: it may be the one of before."""
        self._entries.pop(key, None)
        self._loads.pop(key, None)

    def open(self) -> None:
        self._clear()
        self._open = True

    def close(self) -> None:
        self._clear()
        self._open = False

    async def settle(self) -> None:
        """Returns when nothing is being loaded any more."""
        await asyncio.gather(*self._running, return_exceptions=True)

    def _clear(self) -> None:
        self._entries.clear()
        self._loads.clear()

    def _end(self, key: str, task: asyncio.Task[str]) -> None:
        self._running.discard(task)
        failed = task.cancelled() or task.exception() is not None
        if self._loads.get(key) is not task:
            return
        del self._loads[key]
        if failed or not self._open:
            return
        self._entries.pop(key, None)
        if len(self._entries) >= self._limit:
            del self._entries[next(iter(self._entries))]
        self._entries[key] = (self._clock() + self._seconds, task.result())
