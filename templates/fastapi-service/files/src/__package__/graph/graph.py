import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from types import TracebackType
from typing import LiteralString, Self, TypeVar

import structlog
from neo4j import AsyncGraphDatabase, AsyncManagedTransaction, AsyncSession, unit_of_work
from neo4j.exceptions import (
    AuthError,
    ConnectionPoolError,
    DriverError,
    Neo4jError,
    ServiceUnavailable,
    SessionExpired,
    TransientError,
)

from ..problems import UnavailableError
from .connection import connect
from .settings import Neo4jSettings
from .transaction import Transaction

AWAY = (
    AuthError,
    ConnectionPoolError,
    ServiceUnavailable,
    SessionExpired,
    TimeoutError,
    TransientError,
)
FIRST_WAIT_SECONDS = 0.1
LONGEST_WAIT_SECONDS = 5.0

T = TypeVar("T")
Work = Callable[[Transaction], Awaitable[T]]
"""Runs queries and answers something. After a failure that passes it is run again."""

log = structlog.stdlib.get_logger(__name__)


class Graph:
    """The graph database; it works from when it is entered to when it is left.

    Nothing is written before the constraints are there: they are made as soon as that is possible.
    """

    def __init__(self, settings: Neo4jSettings, constraints: Sequence[LiteralString]) -> None:
        """Each constraint is a statement that does nothing where there is such a one already."""
        self._settings = settings
        self._database = settings.database
        self._seconds = settings.timeout_seconds
        self._constraints = constraints
        # What this process wrote it reads, from whichever server of a cluster.
        self._bookmarks = AsyncGraphDatabase.bookmark_manager()
        self._constrained = asyncio.Event()
        self._opened = AsyncExitStack()

    async def read(self, work: Work[T]) -> T:
        """Raises UnavailableError."""
        async with self._in_time(), self._session() as session:
            return await session.execute_read(self._unit(work))

    async def write(self, work: Work[T]) -> T:
        """Raises UnavailableError."""
        async with self._in_time(), self._session() as session:
            await self._constrained.wait()
            return await session.execute_write(self._unit(work))

    async def check(self) -> None:
        await self._constrained.wait()
        await self._probe.verify_connectivity()

    def _session(self) -> AsyncSession:
        return self._driver.session(database=self._database, bookmark_manager=self._bookmarks)

    def _unit(self, work: Work[T]) -> Callable[[AsyncManagedTransaction], Awaitable[T]]:
        @unit_of_work(timeout=self._seconds)
        async def unit(transaction: AsyncManagedTransaction) -> T:
            return await work(Transaction(transaction, self._database))

        return unit

    @asynccontextmanager
    async def _in_time(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._seconds):
                yield
        except AWAY as error:
            log.warning("graph unavailable", error=repr(error))
            raise UnavailableError("The graph is not available at the moment.") from error

    async def _constrain(self) -> None:
        """Ends when all constraints are there; does not give up before."""
        wait = FIRST_WAIT_SECONDS
        while True:
            try:
                async with self._session() as session:
                    for constraint in self._constraints:
                        await (await session.run(constraint)).consume()
                self._constrained.set()
            except (DriverError, Neo4jError) as error:
                log.warning("graph without constraints", error=repr(error))
            except Exception:
                # Nothing waits for this task: whatever it was must be logged here, and may pass.
                log.exception("graph without constraints")
            else:
                return
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT_SECONDS)

    async def __aenter__(self) -> Self:
        self._driver = connect(self._settings, self._settings.connections)
        self._opened.push_async_exit(self._driver)
        # That all connections are busy is no reason to send requests elsewhere.
        self._probe = connect(self._settings, 1)
        self._opened.push_async_exit(self._probe)
        self._opened.push_async_callback(end, asyncio.create_task(self._constrain()))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._opened.aclose()


async def end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait([task])
