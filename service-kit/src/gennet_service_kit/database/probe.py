"""What readiness asks: over its own connection, and within the driver's own time-outs."""

import asyncio
from collections.abc import Callable

from .driver import DriverConnection, Server
from .reasons import READ_ONLY, reason_for_no_connection


class CheckFailedError(Exception):
    """The database cannot be used; the message is for the log."""


class Probe:
    """Asks the database over one connection, and over a new one after each failure."""

    def __init__(self, server: Server, on_read_only: Callable[[], None]) -> None:
        """`on_read_only` is called where the server was found to be read-only."""
        self._server = server
        self._on_read_only = on_read_only
        self._connection: DriverConnection | None = None
        self._turn = asyncio.Lock()

    async def ask(self) -> None:
        """Returns when the database can be written. Raises CheckFailedError."""
        async with self._turn:
            try:
                if self._connection is None or self._connection.is_closed():
                    # It has verified itself.
                    self._connection = await self._open()
                else:
                    await self._server.verify(self._connection)
            except BaseException as error:
                self.close()
                if not isinstance(error, Exception):
                    raise
                raise self._failure(error) from error

    def close(self) -> None:
        """Closes the connection."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.terminate()

    async def _open(self) -> DriverConnection:
        seconds = self._server.settings.check_seconds
        return await self._server.open({}, connect_seconds=seconds, command_seconds=seconds)

    def _failure(self, error: Exception) -> CheckFailedError:
        reason = reason_for_no_connection(error)
        if reason.text == READ_ONLY.text:
            self._on_read_only()
        return CheckFailedError(f"{reason.text}. {reason.hint}" if reason.hint else reason.text)
