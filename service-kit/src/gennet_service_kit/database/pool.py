"""The pool of connections: who may use one, and how each finds its way back."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from ..clock import Clock
from .admission import Admission
from .driver import GRACE_SECONDS, Server, session_of
from .engine import create_engine
from .kept import KeptConnections
from .reasons import reason_for_no_connection, unavailable

CLOSE_SECONDS = 1.0

log = structlog.stdlib.get_logger(__name__)


class Pool:
    """Lends connections. Whatever happens to a request, its connection comes back or is closed."""

    def __init__(self, server: Server, clock: Clock) -> None:
        settings = server.settings
        self._admission = Admission(
            settings.pool_size, settings.pool_waiting, settings.pool_seconds
        )
        self._engine = create_engine(
            server,
            {} if server.pooled else session_of(server),
            command_seconds=settings.statement_seconds + GRACE_SECONDS,
            pool_size=settings.pool_size,
            max_overflow=0,
        )
        self._kept = KeptConnections(self._engine, settings.connect_seconds, clock)
        self._closing: set[asyncio.Task[None]] = set()

    async def take(self) -> AsyncConnection:
        """Returns a connection that works. Raises DatabaseUnavailableError."""
        await self._admission.enter()
        # Drivers do not survive a cancellation at every point, so it runs to its end.
        opening = asyncio.ensure_future(self._engine.connect())
        try:
            return await asyncio.shield(opening)
        except asyncio.CancelledError:
            self._in_background(close_when_open(opening))
            raise
        except Exception as error:
            self._admission.leave()
            raise unavailable(reason_for_no_connection(error)) from error

    async def give_back(self, connection: AsyncConnection) -> None:
        """Takes a connection back that `take` returned; rolls back what is not committed."""
        await asyncio.shield(self._in_background(close(connection)))

    def replace_all(self) -> None:
        """Replaces each connection before its next use."""
        self._kept.replace_all()

    async def close(self) -> None:
        """Closes all connections; waits only a moment for a server that does not answer."""
        if self._closing:
            await asyncio.wait(self._closing)
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._engine.dispose()
        except TimeoutError:
            self._kept.terminate_all()

    def _in_background(self, closing: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Closes a connection in a task, which ends whether or not its request is cancelled."""
        task = asyncio.create_task(closing)
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)
        task.add_done_callback(lambda _: self._admission.leave())
        return task


async def close_when_open(opening: asyncio.Future[AsyncConnection]) -> None:
    """Gives back a connection that is no longer wanted; one that was not made is logged."""
    try:
        connection = await opening
    except Exception as error:
        log.info("connection not made", reason=reason_for_no_connection(error).text)
    else:
        await close(connection)


async def close(connection: AsyncConnection) -> None:
    """Gives the connection back to the pool, or closes it where it cannot be rolled back."""
    try:
        await connection.close()
    except Exception as error:
        log.info("connection closed", reason=str(error))
        await connection.invalidate()
        await connection.close()
