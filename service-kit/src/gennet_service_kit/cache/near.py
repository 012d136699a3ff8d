"""A few values in the memory of a process."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from contextvars import Context, copy_context
from dataclasses import dataclass, replace

from ..clock import Clock
from ..requests.context import current
from .settings import RedisSettings
from .values import is_storable

Load = Callable[[], Coroutine[None, None, str]]
"""Reads a value from where it is kept for good."""


@dataclass(slots=True, eq=False)
class Loading:
    """One load, and how many wait for it."""

    task: asyncio.Task[str]
    ends: float
    """When it has taken so long that no others join it, on the clock."""
    waiting: int = 0


class NearCache:
    """A few values in the memory of this process, for a moment.

    It keeps anything only while it is open, which is while the process learns of changes. Many
    callers that ask for one key at a time cause one load.
    """

    def __init__(self, settings: RedisSettings, clock: Clock = time.monotonic) -> None:
        self._settings = settings
        self._clock = clock
        self._open = False
        # When the value is too old, and the value; the one that was put in first comes first.
        self._entries: dict[str, tuple[float, str]] = {}
        self._loads: dict[str, Loading] = {}
        self._running: set[asyncio.Task[str]] = set()

    async def get(self, key: str, load: Load) -> str:
        """Returns the value, or what is being loaded already, or loads it."""
        now = self._clock()
        expires, value = self._entries.get(key, (0.0, ""))
        if now < expires:
            return value
        loading = self._loads.get(key)
        if loading is None or loading.ends <= now:
            loading = self._loads[key] = self._start(key, load)
        loading.waiting += 1
        try:
            # The others still wait for it when one of them is cancelled.
            return await asyncio.shield(loading.task)
        finally:
            loading.waiting -= 1
            self._limit(key, loading)

    def drop(self, key: str) -> None:
        """Forgets the value, and the one that is being loaded: it may be from before a change."""
        self._entries.pop(key, None)
        self._loads.pop(key, None)

    def open(self) -> None:
        """Keeps what is loaded from now on."""
        self.forget()
        self._open = True

    def close(self) -> None:
        """Forgets everything, and keeps nothing more."""
        self.forget()
        self._open = False

    def forget(self) -> None:
        """Forgets everything, and what is being loaded: it may be from before a change."""
        self._entries.clear()
        self._loads.clear()

    async def end(self) -> None:
        """Cancels what is still being loaded, and returns when it has ended."""
        self.close()
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    def _start(self, key: str, load: Load) -> Loading:
        task = asyncio.create_task(load(), context=without_deadline())
        loading = Loading(task, self._clock() + self._settings.lease_seconds)
        self._running.add(task)
        task.add_done_callback(lambda _: self._ended(key, loading))
        return loading

    def _ended(self, key: str, loading: Loading) -> None:
        task = loading.task
        self._running.discard(task)
        failed = task.cancelled() or task.exception() is not None
        if self._loads.get(key) is not loading:
            return
        del self._loads[key]
        if failed or not self._open:
            return
        if is_storable(task.result(), self._settings.max_value_bytes):
            self._keep(key, task.result())

    def _keep(self, key: str, value: str) -> None:
        self._entries.pop(key, None)
        if len(self._entries) >= self._settings.near_entries:
            del self._entries[next(iter(self._entries))]
        self._entries[key] = (self._clock() + self._settings.near_seconds, value)

    def _limit(self, key: str, loading: Loading) -> None:
        """Makes a load that nothing waits for end when its value could not be stored any more."""

        def cancel() -> None:
            if loading.waiting:
                return
            if self._loads.get(key) is loading:
                del self._loads[key]
            loading.task.cancel()

        if not loading.waiting and not loading.task.done():
            left = max(0.0, loading.ends - self._clock())
            asyncio.get_running_loop().call_later(left, cancel)


def without_deadline() -> Context:
    """Returns the caller's context without its deadline: the load is not for this caller alone."""
    context = copy_context()
    request = current.get()
    if request is not None:
        context.run(current.set, replace(request, deadline=None))
    return context
