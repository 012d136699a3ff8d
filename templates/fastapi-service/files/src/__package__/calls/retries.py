"""Tries idempotent calls again, outside the breaker: an open one ends it at once."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from .breaker import Clock
from .deadline import time_left
from .errors import CircuitOpenError, DeadlineError
from .settings import RetrySettings

# https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2
IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
PASSING = frozenset({429, 502, 503, 504})


class RetryTransport(httpx.AsyncBaseTransport):
    def __init__(
        self,
        inner: httpx.AsyncBaseTransport,
        settings: RetrySettings,
        clock: Clock = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        uniform: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._inner = inner
        self._settings = settings
        self._clock = clock
        self._sleep = sleep
        self._uniform = uniform

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        repeatable = request.method in IDEMPOTENT and isinstance(request.stream, httpx.ByteStream)
        attempts = self._settings.attempts if repeatable else 1
        attempt = 0
        while True:
            attempt += 1
            left = time_left(self._clock)
            if left is not None and left <= 0:
                raise DeadlineError("no time is left for the call", request=request)
            wait = self._back_off(attempt)
            try:
                response = await self._inner.handle_async_request(request)
            except CircuitOpenError:
                raise
            except httpx.TransportError:
                if attempt >= attempts or not self._has_time_for(wait):
                    raise
            else:
                wait = max(wait, asked_wait(response))
                passing = response.status_code in PASSING
                if not passing or attempt >= attempts or not self._has_time_for(wait):
                    return response
            await self._sleep(wait)

    def _back_off(self, attempt: int) -> float:
        """Full jitter: callers that failed together do not come back together."""
        wait = self._settings.first_wait_seconds * 2 ** (attempt - 1)
        return self._uniform(0, min(wait, self._settings.longest_wait_seconds))

    def _has_time_for(self, wait: float) -> bool:
        left = time_left(self._clock)
        return wait <= self._settings.longest_wait_seconds and (left is None or wait < left)

    async def aclose(self) -> None:
        await self._inner.aclose()


def asked_wait(response: httpx.Response) -> float:
    """Seconds that Retry-After asks for, as a number or as a date; 0 where it does not."""
    asked = response.headers.get("retry-after", "")
    if asked.isdecimal():
        return float(asked)
    try:
        date = parsedate_to_datetime(asked)
    except ValueError:
        return 0
    return max(0, (date.astimezone(UTC) - datetime.now(UTC)).total_seconds())
