"""The requests that are being answered, and their deadlines."""

import asyncio
import time
from collections.abc import Iterator
from typing import Generic, Protocol, TypeVar

from ..clock import Clock

PRESS_SECONDS = 1.0
"""After which a request that did not end is ended again."""


class Timed(Protocol):
    """A request, as far as its time is concerned."""

    @property
    def started(self) -> float:
        """When it came."""

    @property
    def time_left(self) -> float | None:
        """How many seconds its caller gave for the whole answer."""

    @property
    def unanswered(self) -> bool:
        """Whether neither its answer nor its end has begun."""

    def end(self) -> bool:
        """Ends the work for the answer. Returns whether there is any left."""


Request = TypeVar("Request", bound=Timed)


class Running(Generic[Request]):
    """Tracks the requests that are being answered, and ends those that take too long.

    One timer watches the time that the service gives, which is the same for each request: a request
    has a timer only where its caller gave less. Belongs to one event loop at a time.
    """

    def __init__(self, seconds: float, clock: Clock = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._requests: dict[Request, None] = {}
        self._timers: dict[Request, asyncio.TimerHandle] = {}
        self._watched: asyncio.AbstractEventLoop | None = None
        """The loop that has the timer of the service's own time."""

    def __len__(self) -> int:
        return len(self._requests)

    def __iter__(self) -> Iterator[Request]:
        # A copy made at once: other threads look at them while requests come and go.
        return iter(list(self._requests))

    def add(self, request: Request) -> None:
        """Adds a request, which is the last one to be over."""
        self._requests[request] = None
        loop = asyncio.get_running_loop()
        if self._watched is not loop:
            self._watched = loop
            loop.call_later(self._seconds, self._watch, loop)
        if request.time_left is not None:
            self._timers[request] = loop.call_later(request.time_left, self._end, loop, request)

    def lift(self, request: Request) -> None:
        """Removes the deadline of a request whose answer is complete."""
        if request.time_left is not None and (timer := self._timers.pop(request, None)):
            timer.cancel()

    def remove(self, request: Request) -> None:
        """Removes a request."""
        del self._requests[request]
        self.lift(request)

    def _watch(self, loop: asyncio.AbstractEventLoop) -> None:
        """Ends the requests whose time is over, and waits for the next one's end."""
        self._watched = None
        now = self._clock()
        for request in self:
            if not request.unanswered:
                continue
            left = request.started + self._seconds - now
            if left > 0:
                self._watched = loop
                loop.call_later(left, self._watch, loop)
                return
            self._end(loop, request)

    def _end(self, loop: asyncio.AbstractEventLoop, request: Request) -> None:
        """Ends a request, and again for as long as it takes no notice."""
        if request.end():
            loop.call_later(PRESS_SECONDS, self._end, loop, request)
