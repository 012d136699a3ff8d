"""The body of a request, as it is read."""

import asyncio
import contextlib

from starlette.types import Message, Receive

from .refusals import TOO_LARGE, TOO_MUCH, Refusal, RefusedError

LINGER_SECONDS = 1.0


class Buffers:
    """How many bytes the bodies of all running requests have together."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.held = 0


class Body:
    """Reads a body, and no more of it than the service can keep in memory."""

    def __init__(self, receive: Receive, limit: int, buffers: Buffers) -> None:
        self._receive = receive
        self._limit = limit
        self._buffers = buffers
        self._read = 0
        self.waiting = False
        """Whether the route waits for more of it."""
        self.complete = False
        self.refusal: Refusal | None = None
        """Why no more of it is read."""

    async def receive(self) -> Message:
        """Returns the next part. Raises RefusedError beyond the limits."""
        # What comes after the body is that the client is gone.
        self.waiting = not self.complete
        message = await self._receive()
        self.waiting = False
        size = len(message.get("body", b""))
        self.complete = not message.get("more_body", False)
        self._read += size
        self._buffers.held += size
        if self._read > self._limit:
            self.refusal = TOO_LARGE
        elif self._buffers.held > self._buffers.limit:
            self.refusal = TOO_MUCH
        if self.refusal is not None:
            raise RefusedError(self.refusal)
        return message

    async def drain(self) -> None:
        """Discards for a moment what is still being sent.

        A connection that is closed while its client sends is reset, and the answer lost with it.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LINGER_SECONDS):
                while not self.complete:
                    self.complete = not (await self._receive()).get("more_body", False)

    def release(self) -> None:
        """Gives back the memory: the request is over."""
        self._buffers.held -= self._read
        self._read = 0
