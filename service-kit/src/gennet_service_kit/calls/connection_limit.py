"""How many calls to one target are under way at the same time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from ..clock import Clock
from .deadline import require_time
from .errors import BusyError


class ConnectionLimit:
    """Gives out connections to one target; others wait in line, up to `seconds`.

    The pool of httpcore 1.0 has a limit as well, but loses a connection for each call that is
    cancelled while it waits for one, until none is left. It is therefore left without a limit.
    """

    def __init__(self, target: str, connections: int, seconds: float, clock: Clock) -> None:
        self._target = target
        self._free = asyncio.Semaphore(connections)
        self._seconds = seconds
        self._clock = clock

    @asynccontextmanager
    async def connection(self, request: httpx.Request) -> AsyncIterator[None]:
        """Holds a connection. Raises BusyError, or DeadlineError where the request's time is over.

        The wait is this service's own: it takes nothing from the time that the target has.
        """
        if self._free.locked():
            await self._wait(request)
        else:
            await self._free.acquire()
        try:
            require_time(self._clock, request)
            yield
        finally:
            self._free.release()

    async def _wait(self, request: httpx.Request) -> None:
        left = require_time(self._clock, request)
        try:
            async with asyncio.timeout(self._seconds if left is None else min(self._seconds, left)):
                await self._free.acquire()
        except TimeoutError:
            require_time(self._clock, request)
            message = f"all connections to {self._target} are in use"
            raise BusyError(message, request=request) from None
