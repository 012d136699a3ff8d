"""The connections of clients: none is slow for ever, and there are not too many."""

import asyncio
import math
import time
from dataclasses import dataclass
from typing import Literal

import structlog
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from ..clock import Clock
from ..settings import ServiceSettings

TICK_SECONDS = 0.25
MAX_HEAD_BYTES = 64 * 1024
MAX_PIPELINED = 16
# What a client must take of an answer within `stall_seconds` to count as one that reads it.
PROGRESS_BYTES = 16 * 1024

log = structlog.stdlib.get_logger(__name__)


class HttpConnection(HttpToolsProtocol):
    """A connection that takes neither endless headers nor endless requests ahead of their time."""

    _head_bytes = 0

    def data_received(self, data: bytes) -> None:
        """Reads on. The parser itself has no limits of any kind."""
        super().data_received(data)
        self._head_bytes = self._head_bytes + len(data) if self._head_incomplete else 0
        if self._head_bytes > MAX_HEAD_BYTES or len(self.pipeline) > MAX_PIPELINED:
            log.warning("connection closed", reason="headers too large, or too many requests ahead")
            self.transport.abort()

    @property
    def _head_incomplete(self) -> bool:
        # The server makes a scope with the first byte of a request, and adds the method to it when
        # it has all headers.
        return self.scope is not None and "method" not in self.scope

    @property
    def answering(self) -> bool:
        """Whether a request has come whose answer is not complete."""
        return self.cycle is not None and not self.cycle.response_complete

    def state(self) -> "State":
        """Returns what happens on it, and with which request."""
        if self.flow.write_paused or self.transport.is_closing():
            return "sending", None
        if self.answering:
            return "answering", self.cycle
        # Without the server's timer something has come, or nothing yet since it was opened.
        waits = self.timeout_keep_alive_task is not None and not self._head_incomplete
        return "idle" if waits else "head", self.cycle


State = tuple[Literal["sending", "answering", "idle", "head"], RequestResponseCycle | None]
"""`sending`: the client has yet to take what was sent. `idle`: it may send its next request.
`head`: the headers of a request are incomplete."""


@dataclass(frozen=True)
class Watched:
    """A connection as it was when its state began."""

    state: State
    since: float
    unsent: int


class Connections:
    """Closes connections whose clients take too long, and the least useful ones of too many."""

    def __init__(self, settings: ServiceSettings, clock: Clock = time.monotonic) -> None:
        self._limits = {"sending": settings.stall_seconds, "head": settings.header_seconds}
        self._most = settings.max_connections
        self._clock = clock
        self._watched: dict[HttpConnection, Watched] = {}
        self._crowded = False

    async def watch(self, server: ServerState) -> None:
        """Looks at the connections of a server again and again; never returns."""
        while True:
            self.look(server)
            await asyncio.sleep(TICK_SECONDS)

    def look(self, server: ServerState) -> None:
        """Looks at all connections once."""
        now = self._clock()
        watched = {
            connection: self._look_at(connection, now)
            for connection in server.connections
            # Those of WebSockets are others, and the application's to bound.
            if isinstance(connection, HttpConnection)
        }
        self._watched = watched
        for connection, each in watched.items():
            if now - each.since > self._limits.get(each.state[0], math.inf):
                connection.transport.abort()
        self._thin_out()

    def _look_at(self, connection: HttpConnection, now: float) -> Watched:
        state = connection.state()
        unsent = connection.transport.get_write_buffer_size()
        before = self._watched.get(connection)
        if before is None or before.state != state or before.unsent - unsent >= PROGRESS_BYTES:
            return Watched(state, now, unsent)
        return before

    def _thin_out(self) -> None:
        excess = len(self._watched) - self._most
        if excess > 0:
            expendable = [
                (each.state[0] == "head", each.since, number, connection)
                for number, (connection, each) in enumerate(self._watched.items())
                if each.state[0] in ("idle", "head")
            ]
            for *_, connection in sorted(expendable)[:excess]:
                connection.transport.abort()
        if (excess > 0) is not self._crowded:
            self._crowded = excess > 0
            if self._crowded:
                log.warning("too many connections", most=self._most)
