"""One transaction that may be abandoned without harm to the driver."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from neo4j import AsyncSession, AsyncTransaction

from .failures import OverdueError

T = TypeVar("T")
DriverWork = Callable[[AsyncTransaction], Awaitable[T]]


class Attempt(Generic[T]):
    """One transaction in its own task, which outlives the request that waits for it.

    For the driver does not survive a cancellation while it takes a connection from its pool: the
    connection is in use for ever. Once there is a transaction it may be cancelled.
    """

    def __init__(self, session: AsyncSession, work: DriverWork[T], seconds: float) -> None:
        """Starts at once. The server ends the transaction after that many seconds."""
        self.begun = False
        self._abandoned = False
        self._session = session
        self.task = asyncio.create_task(self._run(work, seconds))
        # Nothing waits for the outcome of one that was abandoned.
        self.task.add_done_callback(lambda task: task.cancelled() or task.exception())

    async def result(self, seconds: float) -> T:
        """Returns what the work returned, after the commit. Raises OverdueError."""
        await asyncio.wait([self.task], timeout=seconds)
        if not self.task.done():
            raise OverdueError(f"no answer within {seconds:.3g} s")
        return self.task.result()

    def abandon(self) -> None:
        """Closes the connection, if there is one: nothing is committed any more."""
        self._abandoned = True
        self._session.cancel()
        if self.begun:
            # It may wait for something else than the graph.
            self.task.cancel()

    async def _run(self, work: DriverWork[T], seconds: float) -> T:
        async with self._session as session:
            transaction = await session.begin_transaction(timeout=seconds)
            self.begun = True
            if self._abandoned:
                session.cancel()
                raise OverdueError("abandoned before it began")
            async with transaction:
                return await work(transaction)
