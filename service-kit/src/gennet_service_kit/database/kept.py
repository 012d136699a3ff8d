"""Connections that the pool keeps, and whether they still work."""

from typing import Any
from weakref import WeakSet

from sqlalchemy import event
from sqlalchemy.exc import DisconnectionError, InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import ConnectionPoolEntry

from ..clock import Clock
from .driver import DriverConnection

# One that was used a moment ago is used again without asking it.
FRESH_SECONDS = 1.0


class KeptConnections:
    """Asks a kept connection before its next use whether it works; one that does not is replaced.

    This takes one round trip, for connections that were idle. A server that says nothing for
    `ask_seconds` costs one request that time: then all connections to it are replaced.
    """

    def __init__(self, engine: AsyncEngine, ask_seconds: float, clock: Clock) -> None:
        self._ask_seconds = ask_seconds
        self._clock = clock
        self._generation = 0
        self._drivers: WeakSet[DriverConnection] = WeakSet()
        event.listen(engine.sync_engine, "connect", self._connected)
        event.listen(engine.sync_engine, "checkout", self._checked_out)
        event.listen(engine.sync_engine, "checkin", self._checked_in)

    def replace_all(self) -> None:
        """Replaces each connection before its next use, those that are in use now included."""
        self._generation += 1

    def terminate_all(self) -> None:
        """Closes each connection without a word."""
        for driver in list(self._drivers):
            if not driver.is_closed():
                driver.terminate()

    def _connected(self, connection: Any, entry: ConnectionPoolEntry) -> None:
        self._drivers.add(connection.driver_connection)
        entry.info["generation"] = self._generation
        entry.info["used"] = self._clock()

    def _checked_in(self, connection: Any, entry: ConnectionPoolEntry) -> None:
        if connection is not None:
            entry.info["used"] = self._clock()

    def _checked_out(self, connection: Any, entry: ConnectionPoolEntry, _: Any) -> None:
        driver: DriverConnection = connection.driver_connection
        if driver.is_closed() or entry.info["generation"] != self._generation:
            driver.terminate()
            raise DisconnectionError
        if self._clock() - entry.info["used"] < FRESH_SECONDS:
            return
        try:
            connection.run_async(lambda _: driver.execute(";", timeout=self._ask_seconds))
        except Exception as error:
            # Without a word: to close it in good order would be another wait.
            driver.terminate()
            raise InvalidatePoolError from error
