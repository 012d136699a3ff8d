"""Who may use a connection of the pool, and who waits for one."""

import asyncio

from .errors import PoolExhaustedError


class Admission:
    """Gives out places, in order. Waiting is bounded, in number and in time."""

    def __init__(self, places: int, waiting: int, seconds: float) -> None:
        self._free = asyncio.Semaphore(places)
        self._waiting = 0
        self._most_waiting = waiting
        self._seconds = seconds

    async def enter(self) -> None:
        """Takes a place; each is given back by `leave`. Raises PoolExhaustedError."""
        if not self._free.locked():
            await self._free.acquire()
            return
        if self._waiting >= self._most_waiting:
            raise PoolExhaustedError(f"{self._waiting} requests wait for a connection already")
        self._waiting += 1
        try:
            async with asyncio.timeout(self._seconds):
                await self._free.acquire()
        except TimeoutError:
            reason = f"no connection was free for {self._seconds:g} s"
            raise PoolExhaustedError(reason) from None
        finally:
            self._waiting -= 1

    def leave(self) -> None:
        """Gives a place back."""
        self._free.release()
