"""The constraints of a graph, which may be lost while the service runs."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import LiteralString

import structlog
from neo4j import AsyncTransaction
from neo4j.exceptions import TransientError

from .connection import connect
from .failures import GraphError, explain, is_outage
from .schema import RefusedError, Rows, make, show
from .settings import Neo4jSettings

FIRST_WAIT_SECONDS = 0.1
LONGEST_WAIT_SECONDS = 2.0
# To find that a constraint cannot be made the server reads all nodes of a label.
LONGEST_WAIT_AFTER_REFUSAL_SECONDS = 30.0
LAST_SECONDS = 5.0

log = structlog.stdlib.get_logger(__name__)


class ConstraintsMissingError(GraphError):
    """The graph does not have all constraints, so that nothing may be written."""


class Constraints:
    """Makes the constraints of a graph, and makes them again where they were lost.

    A graph loses them when it is restored without its schema, or replaced by an empty one.
    """

    def __init__(self, settings: Neo4jSettings, statements: Sequence[LiteralString]) -> None:
        self._settings = settings
        self._statements = statements
        self._there: Rows = frozenset()
        self._made = asyncio.Event()
        self._lost = asyncio.Event()
        self._lost.set()
        self._idle = asyncio.Event()
        self._idle.set()
        self._reason = ""

    async def made(self, seconds: float) -> None:
        """Returns when they are there. Raises ConstraintsMissingError."""
        try:
            async with asyncio.timeout(seconds):
                await self._made.wait()
        except TimeoutError:
            raise ConstraintsMissingError(self._reason or "not made yet") from None

    async def verify(self, transaction: AsyncTransaction) -> None:
        """Raises ConstraintsMissingError where the transaction must not be committed.

        As the last query of a transaction this is certain, and not only likely: from its first
        write to a label until its end the server neither makes nor drops a constraint of that
        label.
        """
        if not self._made.is_set():
            raise ConstraintsMissingError(self._reason or "not made yet")
        if self._statements and not self._there <= await show(transaction):
            if self._made.is_set():
                log.warning("graph lost its constraints")
            self._made.clear()
            self._lost.set()
            raise ConstraintsMissingError("lost meanwhile")

    async def run(self) -> None:
        """Makes them whenever they are missing, until it is cancelled after `close`."""
        wait = FIRST_WAIT_SECONDS
        while True:
            await self._lost.wait()
            try:
                self._there = await self._make()
            except Exception as error:
                self._complain(error)
                refused = isinstance(error, RefusedError)
                longest = LONGEST_WAIT_AFTER_REFUSAL_SECONDS if refused else LONGEST_WAIT_SECONDS
                await asyncio.sleep(min(wait, longest))
                wait = min(wait * 2, longest)
            else:
                if self._reason:
                    log.info("graph has its constraints")
                self._reason = ""
                wait = FIRST_WAIT_SECONDS
                self._lost.clear()
                self._made.set()

    async def close(self) -> None:
        """Returns when no constraint is being made, or after 5 seconds.

        One that is interrupted leaves an index behind, which must be dropped by hand before the
        constraint can be made: https://github.com/neo4j/neo4j/issues/13208.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(LAST_SECONDS):
                await self._idle.wait()

    async def _make(self) -> Rows:
        if not self._statements:
            return frozenset()
        # On a large graph this takes minutes. The server sends a sign of life every minute; without
        # one the driver gives up after two. It is used once, so that it may be cancelled anywhere.
        async with (
            connect(self._settings, 1) as driver,
            driver.session(database=self._settings.database) as session,
        ):
            before = await show(session)
            while True:
                self._idle.clear()
                try:
                    for statement in self._statements:
                        await make(session, statement)
                finally:
                    self._idle.set()
                after = await show(session)
                if after == before:
                    return after
                # None was dropped meanwhile, or else it is made now.
                before = after

    def _complain(self, error: Exception) -> None:
        reason = explain(error)
        if reason == self._reason:
            return
        self._reason = reason
        if isinstance(error, TransientError):
            # Such as replicas that start at once, and get into each other's way.
            return
        expected = isinstance(error, TimeoutError) or is_outage(error)
        log.warning(
            "graph without constraints",
            error=reason,
            # Nothing waits for this task, so that a mistake shows up here or nowhere.
            exc_info=None if expected else error,
            **(error.details if isinstance(error, RefusedError) else {}),
        )
