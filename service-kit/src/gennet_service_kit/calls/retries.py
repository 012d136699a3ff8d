"""The layer that repeats failed calls."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable

import httpx

from ..clock import Clock
from .deadline import require_time, time_left
from .errors import OURS
from .retry_after import retry_after
from .settings import RetrySettings

# https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2
IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
# https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
IDEMPOTENCY_KEY = "idempotency-key"
TRANSIENT = frozenset({429, 502, 503, 504})


class RetryTransport(httpx.AsyncBaseTransport):
    """Repeats a call that may be repeated, outside the breaker: an open one ends it at once.

    Those are calls with an idempotent method, and any call that has an Idempotency-Key. A POST or
    PATCH without one may have done its work although its answer was late or lost.
    """

    def __init__(
        self,
        inner: httpx.AsyncBaseTransport,
        settings: RetrySettings,
        clock: Clock = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        uniform: Callable[[float, float], float] = random.uniform,
        wall_clock: Clock = time.time,
    ) -> None:
        self._inner = inner
        self._settings = settings
        self._clock = clock
        self._sleep = sleep
        self._uniform = uniform
        self._wall_clock = wall_clock

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Returns the first answer that is not transient, or how the last attempt ended."""
        attempts = self._settings.attempts if is_repeatable(request) else 1
        attempt = 0
        while True:
            attempt += 1
            require_time(self._clock, request)
            wait = self._back_off(attempt)
            try:
                response = await self._inner.handle_async_request(request)
            except OURS:
                raise
            except httpx.TransportError:
                if attempt >= attempts or not self._has_time_for(wait):
                    raise
            else:
                if response.status_code not in TRANSIENT or attempt >= attempts:
                    return response
                wait = max(wait, retry_after(response, self._wall_clock))
                if not self._has_time_for(wait):
                    return response
            await self._sleep(wait)

    def _back_off(self, attempt: int) -> float:
        """Returns a wait with full jitter: callers that failed together return one by one."""
        wait = self._settings.first_wait_seconds * 2 ** (attempt - 1)
        return self._uniform(0, min(wait, self._settings.longest_wait_seconds))

    def _has_time_for(self, wait: float) -> bool:
        left = time_left(self._clock)
        return wait <= self._settings.longest_wait_seconds and (left is None or wait < left)

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._inner.aclose()


def is_repeatable(request: httpx.Request) -> bool:
    """Returns whether a call may be made twice and its body can be sent twice."""
    idempotent = request.method in IDEMPOTENT or bool(request.headers.get(IDEMPOTENCY_KEY))
    return idempotent and isinstance(request.stream, httpx.ByteStream)
