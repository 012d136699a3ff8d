"""The connections of the running service, and transactions on them."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from types import TracebackType
from typing import TypeVar

import structlog
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ..clock import Clock
from ..component import Component
from ..health import Check
from .answers import install_answers
from .driver import (
    Connect,
    Server,
    connect_driver,
    limits_of,
    reader_of,
)
from .engine import FAILURE
from .errors import DatabaseUnavailableError, OutcomeUnknownError, TransactionConflictError
from .pool import Pool
from .probe import Probe
from .reasons import LOST, unavailable
from .settings import PostgresSettings

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
        self._chance = chance
        self._writer = Access(Server(settings, connect), clock)
        reader = reader_of(settings)
        self._reader = Access(Server(reader, connect, writes=False), clock) if reader else None

    def transaction(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """Commits at its end; an error rolls back.

        Raises DatabaseUnavailableError, which is answered with 503: where it is an
        OutcomeUnknownError the transaction may be committed, otherwise it is not.
        """
        return logged_attempt(self._writer)

    def reading(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """Like `transaction`, for what writes nothing and may be a moment behind.

        It runs at `reader_host`, which still answers while the server that is written is away.
        What was just written may be missing there. Raises DatabaseUnavailableError.
        """
        return logged_attempt(self._reader or self._writer)

    async def run(self, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        """Runs the work in a transaction, up to three times where others conflict with it.

        The work must do nothing but talk to the connection. What may be committed is not repeated.
        Raises DatabaseUnavailableError.
        """
        for attempt in range(1, ATTEMPTS):
            try:
                async with self._writer.attempt() as connection:
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
        await self._writer.probe.ask()

    @property
    def checks(self) -> Sequence[Check]:
        """Returns the check that the service is not ready without.

        Where reads go to another server, that one is required: without the other the service
        still answers what only reads.
        """
        if self._reader is None:
            return (Check("database", self.check, required=True),)
        return (
            Check("database", self._reader.probe.ask, required=True),
            Check("database-writer", self.check, required=False),
        )

    def install(self, app: FastAPI) -> None:
        """Adds the answers to errors of the database."""
        install_answers(app)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for access in filter(None, (self._writer, self._reader)):
            await access.close()


class Access:
    """The connections to one server, and what its readiness asks."""

    def __init__(self, server: Server, clock: Clock) -> None:
        self._server = server
        self._pool = Pool(server, clock)
        # That all connections are busy is no reason to send requests elsewhere.
        self.probe = Probe(server, self._pool.replace_all)

    async def close(self) -> None:
        """Closes all connections."""
        self.probe.close()
        await self._pool.close()

    @asynccontextmanager
    async def attempt(self) -> AsyncIterator[AsyncConnection]:
        """Commits at its end; an error rolls back."""
        connection = await self._pool.take()
        info = connection.info
        info.pop(FAILURE, None)
        try:
            if self._server.pooled:
                await set_session(connection, self._server)
            yield connection
            # The COMMIT of a transaction that failed is answered with ROLLBACK, and is no error.
            if failure := info.pop(FAILURE, None):
                raise failure
            await commit(connection)
        finally:
            await self._pool.give_back(connection)


@asynccontextmanager
async def logged_attempt(access: Access) -> AsyncIterator[AsyncConnection]:
    """An attempt whose failure is logged."""
    try:
        async with access.attempt() as connection:
            yield connection
    except DatabaseUnavailableError as error:
        log.warning(error.event, reason=error.reason, hint=error.hint)
        raise


async def set_session(connection: AsyncConnection, server: Server) -> None:
    """Sets for this transaction what a pooler refuses at the login."""
    limits = limits_of(server.settings)
    if not server.writes:
        limits["transaction_read_only"] = "on"
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
