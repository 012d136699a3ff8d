"""The time a request may take, handed on from service to service."""

import asyncio
import re
import time
from contextvars import ContextVar
from http import HTTPStatus

import httpx
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..problems import ProblemResponse
from .breaker import Clock

TIME_LEFT = "x-time-left-ms"
WHOLE_MS = re.compile(r"\d{1,9}")

deadline: ContextVar[float | None] = ContextVar("deadline", default=None)
"""When the request that is being answered must be, on the clock of the process."""


class DeadlineMiddleware:
    """Ends a request when its caller has stopped waiting, and tells the calls made for it."""

    def __init__(self, app: ASGIApp, clock: Clock = time.monotonic) -> None:
        self.app = app
        self.clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        given = Headers(scope=scope).get(TIME_LEFT, "") if scope["type"] == "http" else ""
        if not WHOLE_MS.fullmatch(given):
            await self.app(scope, receive, send)
            return
        left = int(given) / 1000
        begun = False

        async def watch(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        token = deadline.set(self.clock() + left)
        try:
            async with asyncio.timeout(left) as limit:
                # Code that is run until its first pause would not notice that there is no time.
                await asyncio.sleep(0)
                await self.app(scope, receive, watch)
        except TimeoutError:
            if begun or not limit.expired():
                raise
            response = ProblemResponse(
                scope, HTTPStatus.GATEWAY_TIMEOUT, "The time that the caller gave is over."
            )
            await response(scope, receive, send)
        finally:
            deadline.reset(token)


class DeadlineTransport(httpx.AsyncBaseTransport):
    """Gives a call its own time or what is left of the request's, whichever is less.

    The answer's body is read within that time, so that an answer that stalls or breaks off
    half-way is a failed call like any other.
    """

    def __init__(
        self, inner: httpx.AsyncBaseTransport, seconds: float, clock: Clock = time.monotonic
    ) -> None:
        self._inner = inner
        self._seconds = seconds
        self._clock = clock

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        left = time_left(self._clock)
        seconds = self._seconds if left is None else min(self._seconds, left)
        request.headers[TIME_LEFT] = str(int(seconds * 1000))
        try:
            async with asyncio.timeout(seconds):
                response = await self._inner.handle_async_request(request)
                response.stream = httpx.ByteStream(await read(response))
        except TimeoutError:
            raise httpx.ReadTimeout(f"no answer within {seconds:.3f} s", request=request) from None
        return response

    async def aclose(self) -> None:
        await self._inner.aclose()


def time_left(clock: Clock) -> float | None:
    """Seconds until the current request's deadline, or None where it has none."""
    until = deadline.get()
    return None if until is None else until - clock()


async def read(response: httpx.Response) -> bytes:
    """The body as it was sent: what decodes it comes later."""
    assert isinstance(response.stream, httpx.AsyncByteStream)  # noqa: S101
    try:
        return b"".join([part async for part in response.stream])
    finally:
        await response.stream.aclose()
