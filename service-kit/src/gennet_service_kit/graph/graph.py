"""The graph database as a component of a service."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from types import TracebackType
from typing import LiteralString, Self, TypeVar

import structlog
from neo4j import AsyncTransaction
from neo4j.exceptions import DriverError, Neo4jError

from ..component import Component
from ..health import Check
from ..problems import UnavailableError
from .connections import Access, Connections
from .constraints import Constraints, ConstraintsMissingError
from .failures import BOOKMARKS, REMOVED, BusyError, GraphError, explain, is_outage
from .settings import Neo4jSettings
from .transaction import Transaction

FIRST_WAIT_SECONDS = 0.05
LONGEST_WAIT_SECONDS = 1.0
LOST_RACES = 5
"""As often work is run again that found what another transaction removed: more is a mistake."""

T = TypeVar("T")
Work = Callable[[Transaction], Awaitable[T]]
"""Runs queries and returns something. After a failure that passes it is run again."""

log = structlog.stdlib.get_logger(__name__)


class Graph(Component):
    """The graph database; it works from when it is entered to when it is left.

    Nothing is committed while a constraint is missing, even when the graph was emptied, restored or
    replaced a moment ago. Constraints are made as soon as that is possible.
    """

    def __init__(self, settings: Neo4jSettings, constraints: Sequence[LiteralString]) -> None:
        """Each constraint is a CREATE CONSTRAINT with a name; a changed one needs another name."""
        self._database = settings.database
        self._seconds = settings.timeout_seconds
        self._connections = Connections(settings, settings.connections)
        # That all connections are busy does not make the graph unhealthy.
        self._probe = Connections(settings, 1)
        self._constraints = Constraints(settings, constraints)
        self._opened = AsyncExitStack()

    async def read(self, work: Work[T]) -> T:
        """Returns what the work returned.

        Raises UnavailableError when the graph is unavailable or busy, and what the work raises.
        """

        async def use(transaction: AsyncTransaction) -> T:
            return await work(Transaction(transaction, self._database))

        return await self._run("READ", use)

    async def write(self, work: Work[T]) -> T:
        """Returns what the work returned, after the commit.

        Raises UnavailableError when the graph is unavailable or busy or has no constraints, and
        what the work raises. Where the connection is lost during the commit, the work may have been
        done in spite of the error.
        """

        async def use(transaction: AsyncTransaction) -> T:
            result = await work(Transaction(transaction, self._database))
            await self._constraints.verify(transaction)
            return result

        return await self._run("WRITE", use)

    async def check(self) -> None:
        """Returns when the graph takes writes. Raises GraphError."""
        try:
            # By a member of the cluster that takes writes.
            await self._probe.run(self._constraints.verify, "WRITE", self._seconds)
        except ConstraintsMissingError:
            await self._constraints.made(self._seconds)
        except (DriverError, Neo4jError) as error:
            raise GraphError(explain(error)) from error

    @property
    def checks(self) -> Sequence[Check]:
        """Returns the check of the graph; without it the service does most of its work."""
        return [Check("graph", self.check, required=False)]

    async def _run(self, access: Access, use: Callable[[AsyncTransaction], Awaitable[T]]) -> T:
        try:
            return await self._retry(access, use)
        except BusyError as error:
            log.warning("graph busy", error=explain(error))
            raise UnavailableError("The graph is busy at the moment.") from error
        except (DriverError, GraphError, Neo4jError) as error:
            if not is_outage(error):
                raise
            log.warning("graph unavailable", error=explain(error))
            raise UnavailableError("The graph is not available at the moment.") from error

    async def _retry(self, access: Access, use: Callable[[AsyncTransaction], Awaitable[T]]) -> T:
        clock = asyncio.get_running_loop().time
        until = clock() + self._seconds
        wait = FIRST_WAIT_SECONDS
        removals = 0
        while True:
            try:
                if access == "WRITE":
                    await self._constraints.made(until - clock())
                return await self._connections.run(use, access, until - clock())
            except (ConstraintsMissingError, DriverError, Neo4jError) as error:
                removals += isinstance(error, Neo4jError) and error.code == REMOVED
                repeats = passes(error) or 0 < removals <= LOST_RACES
                if not repeats or clock() + wait >= until:
                    raise
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT_SECONDS)

    async def __aenter__(self) -> Self:
        await self._opened.enter_async_context(self._connections)
        await self._opened.enter_async_context(self._probe)
        self._opened.push_async_callback(end, asyncio.create_task(self._constraints.run()))
        self._opened.push_async_callback(self._constraints.close)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._opened.aclose()


def passes(error: ConstraintsMissingError | DriverError | Neo4jError) -> bool:
    """Returns whether another attempt may succeed."""
    if isinstance(error, ConstraintsMissingError):
        return True
    return error.is_retryable() or (isinstance(error, Neo4jError) and error.code in BOOKMARKS)


async def end(task: asyncio.Task[None]) -> None:
    """Returns when the task has ended."""
    task.cancel()
    await asyncio.wait([task])
