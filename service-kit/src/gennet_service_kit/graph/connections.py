"""Transactions that are bounded in number and in time."""

import asyncio
from types import TracebackType
from typing import Any, Literal, Self, TypeVar

import structlog
from neo4j import AsyncGraphDatabase
from neo4j.exceptions import Neo4jError

from .attempt import Attempt, DriverWork
from .connection import connect
from .failures import BOOKMARKS, BusyError, OverdueError
from .settings import Neo4jSettings

# For an attempt that was abandoned to end by itself.
GRACE_SECONDS = 1.0

Access = Literal["READ", "WRITE"]
T = TypeVar("T")

log = structlog.stdlib.get_logger(__name__)


class Pool:
    """A driver, and a slot for each of its connections."""

    def __init__(self, settings: Neo4jSettings, size: int) -> None:
        self.driver = connect(settings, size)
        self.slots = asyncio.Semaphore(size)


class Connections:
    """Runs transactions, at most `size` at once, and waits for none longer than it is asked to.

    One that hangs is abandoned, and holds its slot until it ends. Where closing its connection does
    not end it, the driver is replaced.
    """

    def __init__(self, settings: Neo4jSettings, size: int) -> None:
        self._settings = settings
        self._size = size
        self._pool: Pool
        self._tasks: set[asyncio.Task[Any]] = set()

    async def run(self, work: DriverWork[T], access: Access, seconds: float) -> T:
        """Returns what the work returned, after the commit.

        Raises BusyError when no connection was free in time, OverdueError when no answer came, and
        what the driver and the work raise.
        """
        clock = asyncio.get_running_loop().time
        until = clock() + seconds
        try:
            async with asyncio.timeout_at(until):
                pool = await self._slot()
        except TimeoutError:
            raise BusyError(f"no connection was free within {seconds:.3g} s") from None
        left = max(until - clock(), 0.001)
        session = pool.driver.session(
            database=self._settings.database,
            default_access_mode=access,
            bookmark_manager=self._bookmarks,
            connection_acquisition_timeout=left,
        )
        attempt = Attempt(session, work, left)
        attempt.task.add_done_callback(lambda _: pool.slots.release())
        self._keep(attempt.task)
        try:
            return await attempt.result(left)
        except OverdueError:
            if not attempt.begun:
                # The server may wait for a transaction that a restored backup does not have.
                self._forget_bookmarks()
            raise
        except Neo4jError as error:
            if error.code in BOOKMARKS:
                self._forget_bookmarks()
            raise
        finally:
            if not attempt.task.done():
                attempt.abandon()
                self._keep(asyncio.create_task(self._replace_if_it_hangs(pool, attempt.task)))

    async def _slot(self) -> Pool:
        while True:
            pool = self._pool
            await pool.slots.acquire()
            if pool is self._pool:
                return pool
            # It was replaced meanwhile: this wakes the next one that waits for it.
            pool.slots.release()

    async def _replace_if_it_hangs(self, pool: Pool, task: asyncio.Task[Any]) -> None:
        await asyncio.wait([task], timeout=GRACE_SECONDS)
        if task.done() or pool is not self._pool:
            return
        log.warning("graph connections replaced")
        self._pool = Pool(self._settings, self._size)
        pool.slots.release()
        try:
            # By then whatever still runs on it hangs as well.
            await asyncio.sleep(self._settings.timeout_seconds)
        finally:
            await pool.driver.close()

    def _forget_bookmarks(self) -> None:
        # With them this process reads what it wrote from whichever server of a cluster.
        self._bookmarks = AsyncGraphDatabase.bookmark_manager()

    def _keep(self, task: asyncio.Task[Any]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def __aenter__(self) -> Self:
        self._pool = Pool(self._settings, self._size)
        self._forget_bookmarks()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._pool.driver.close()
