"""The connections of the running service, and transactions on them."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, TypeVar

import structlog
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ..clock import Clock
from ..component import Component
from ..health import Check
from .admission import Admission
from .answers import install_answers
from .driver import (
    GRACE_SECONDS,
    Connect,
    Server,
    connect_driver,
    limits_of,
)
from .engine import FAILURE, create_engine
from .errors import (
    LOST,
    DatabaseUnavailableError,
    OutcomeUnknownError,
    TransactionConflictError,
    reason_for_no_connection,
    unavailable,
)
from .kept import KeptConnections
from .probe import Probe
from .settings import PostgresSettings

CLOSE_SECONDS = 1.0
ATTEMPTS = 3
LONGEST_WAIT_SECONDS = 0.05

T = TypeVar("T")

log = structlog.stdlib.get_logger(__name__)


class Database(Component):
    """The database of a service. Nothing is connected before it is needed.

    After a failover, a restart or a stall of the server it can be used again by itself.
    """

    def __init__(
        self,
        settings: PostgresSettings,
        *,
        connect: Connect = connect_driver,
        clock: Clock = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """`connect` takes the arguments of asyncpg.connect; `chance` returns 0 to 1."""
        self._server = server = Server(settings, connect)
        self._chance = chance
        self._admission = Admission(
            settings.pool_size, settings.pool_waiting, settings.pool_seconds
        )
        self._engine = create_engine(
            server,
            {} if server.pooled else limits_of(settings),
            command_seconds=settings.statement_seconds + GRACE_SECONDS,
            pool_size=settings.pool_size,
            max_overflow=0,
        )
        self._kept = KeptConnections(self._engine, settings.connect_seconds, clock)
        # That all connections are busy is no reason to send requests elsewhere.
        self._probe = Probe(server, self._kept.replace_all)
        self._closing: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """Commits at its end; an error rolls back.

        Raises DatabaseUnavailableError, which is answered with 503: where it is an
        OutcomeUnknownError the transaction may be committed, otherwise it is not.
        """
        try:
            async with self._attempt() as connection:
                yield connection
        except DatabaseUnavailableError as error:
            log.warning(error.event, reason=error.reason, hint=error.hint)
            raise

    async def run(self, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        """Runs the work in a transaction, up to three times where others conflict with it.

        The work must do nothing but talk to the connection. What may be committed is not repeated.
        Raises DatabaseUnavailableError.
        """
        for attempt in range(1, ATTEMPTS):
            try:
                async with self._attempt() as connection:
                    result = await work(connection)
            except TransactionConflictError as error:
                log.info("transaction repeated", reason=error.reason, attempt=attempt)
                # Two that wait as long as each other would meet again.
                await asyncio.sleep(self._chance() * LONGEST_WAIT_SECONDS)
            except DatabaseUnavailableError as error:
                log.warning(error.event, reason=error.reason, hint=error.hint)
                raise
            else:
                return result
        async with self.transaction() as connection:
            return await work(connection)

    async def check(self) -> None:
        """Returns when the database can be written. Raises CheckFailedError."""
        await self._probe.ask()

    @property
    def checks(self) -> Sequence[Check]:
        """Returns the check that the service is not ready without."""
        return (Check("database", self.check, required=True),)

    def install(self, app: FastAPI) -> None:
        """Adds the answers to errors of the database."""
        install_answers(app)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._probe.close()
        if self._closing:
            await asyncio.wait(self._closing)
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._engine.dispose()
        except TimeoutError:
            # The server does not answer: the end of the service is not to wait for it.
            self._kept.terminate_all()

    @asynccontextmanager
    async def _attempt(self) -> AsyncIterator[AsyncConnection]:
        connection = await self._take()
        info = connection.info
        info.pop(FAILURE, None)
        try:
            if self._server.pooled:
                await set_limits(connection, self._server.settings)
            yield connection
            # The COMMIT of a transaction that failed is answered with ROLLBACK, and is no error.
            if failure := info.pop(FAILURE, None):
                raise failure
            await commit(connection)
        finally:
            await asyncio.shield(self._give_back(close(connection)))

    async def _take(self) -> AsyncConnection:
        """Returns a connection of the pool, which `_give_back` gives back."""
        await self._admission.enter()
        # Drivers do not survive a cancellation at every point, so it runs to its end.
        opening = asyncio.ensure_future(self._engine.connect())
        try:
            return await asyncio.shield(opening)
        except asyncio.CancelledError:
            self._give_back(close_when_open(opening))
            raise
        except Exception as error:
            self._admission.leave()
            raise unavailable(reason_for_no_connection(error)) from error

    def _give_back(self, closing: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Closes it, in a task that ends whether or not its request is cancelled."""
        task = asyncio.create_task(closing)
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)
        task.add_done_callback(lambda _: self._admission.leave())
        return task


async def set_limits(connection: AsyncConnection, settings: PostgresSettings) -> None:
    """Sets the server's time-outs for this transaction: a pooler refuses them at the login."""
    limits = limits_of(settings)
    calls = ", ".join(f"set_config('{name}', :{name}, true)" for name in limits)
    await connection.execute(text(f"SELECT {calls}"), limits)


async def commit(connection: AsyncConnection) -> None:
    """Raises OutcomeUnknownError where the answer is lost."""
    if connection.invalidated:
        raise unavailable(LOST)
    try:
        await connection.commit()
    except DatabaseUnavailableError as error:
        if connection.invalidated:
            raise OutcomeUnknownError(error.reason) from error
        raise


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
