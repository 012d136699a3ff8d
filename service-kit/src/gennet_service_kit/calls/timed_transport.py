"""The layer that ends an attempt that takes too long."""

import asyncio
import time
from http import HTTPStatus

import httpx

from ..clock import Clock
from .deadline import LEAST_SECONDS, time_left
from .errors import GivenUpError

TIME_LEFT = "x-time-left-ms"
LONGEST_SECONDS = 3600
FULL_SHARE = 0.9
"""A target had its full time although a few milliseconds of it were lost on the way here: callers
often give exactly the time-out that they share with this service."""


class TimedTransport(httpx.AsyncBaseTransport):
    """Gives an attempt its own time-out or what is left of the request's time, if that is less.

    The target gets the same in `x-time-left-ms`. A `timeout=` of a single call replaces its own
    time-out. The answer's body has to arrive within the same time.
    """

    def __init__(
        self, inner: httpx.AsyncBaseTransport, seconds: float, clock: Clock = time.monotonic
    ) -> None:
        self._inner = inner
        self._seconds = seconds
        self._clock = clock

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Makes one attempt. Raises GivenUpError where its target had less than the usual time."""
        asked = min(asked_seconds(request, self._seconds), LONGEST_SECONDS)
        left = time_left(self._clock)
        seconds = asked if left is None else min(asked, left)
        hurried = seconds < FULL_SHARE * max(self._seconds, asked)
        message = f"no answer within {seconds:.3f} s"
        request.headers[TIME_LEFT] = str(int(max(seconds, LEAST_SECONDS) * 1000))
        try:
            async with asyncio.timeout(seconds) as limit:
                response = await self._inner.handle_async_request(request)
        except httpx.PoolTimeout:
            raise
        except httpx.TimeoutException as error:
            if hurried:
                raise GivenUpError(message, request=request) from error
            raise
        except TimeoutError:
            if not limit.expired():
                raise
            late = GivenUpError if hurried else httpx.ReadTimeout
            raise late(message, request=request) from None
        if hurried and response.status_code == HTTPStatus.GATEWAY_TIMEOUT:
            # The target has heard of the hurry, and gave up a moment earlier.
            raise GivenUpError(message, request=request)
        return response

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._inner.aclose()


def asked_seconds(request: httpx.Request, default: float) -> float:
    """Returns the time-out that httpx has for this request."""
    timeouts = request.extensions.get("timeout", {})
    seconds = [timeouts.get(part) for part in ("connect", "read", "write")]
    return max((each for each in seconds if each is not None), default=default)
