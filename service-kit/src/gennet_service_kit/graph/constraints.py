"""The constraints of a graph, which may be lost while the service runs."""

import asyncio
import re
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, LiteralString

import structlog
from neo4j import AsyncSession, AsyncTransaction
from neo4j.exceptions import Neo4jError, TransientError

from .connection import connect
from .failures import GraphError, explain, is_outage
from .settings import Neo4jSettings

FIRST_WAIT_SECONDS = 0.1
LONGEST_WAIT_SECONDS = 2.0
# To find that a constraint cannot be made the server reads all nodes of a label.
LONGEST_WAIT_AFTER_REFUSAL_SECONDS = 30.0
LAST_SECONDS = 5.0
SHOW = "SHOW CONSTRAINTS YIELD name, type, entityType, labelsOrTypes, properties"
THERE_ALREADY = (
    "Neo.ClientError.Schema.ConstraintAlreadyExists",
    "Neo.ClientError.Schema.EquivalentSchemaRuleAlreadyExists",
)
UNIQUE = re.compile(r"\bFOR\s*(\(.+?\))\s*REQUIRE\s+(.+?)\s+IS\s.*\b(UNIQUE|KEY)\b", re.I | re.S)

Rows = frozenset[tuple[Any, ...]]

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

        Last in a transaction that writes this is not only likely but certain: from its first write
        to a label to its end the server makes and drops no constraint of that label.
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

        One that is broken off leaves an index behind, which has to be dropped before the constraint
        can be made: https://github.com/neo4j/neo4j/issues/13208.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(LAST_SECONDS):
                await self._idle.wait()

    async def _make(self) -> Rows:
        if not self._statements:
            return frozenset()
        # On a large graph this takes minutes, in which the server shows every minute that it lives.
        # The driver is used once, so that it may be cancelled wherever it is.
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


class RefusedError(GraphError):
    """The server did not make a constraint; the message has its code."""

    def __init__(self, statement: str, error: Neo4jError) -> None:
        super().__init__(explain(error))
        self.details = {"constraint": statement}
        duplicates = find_duplicates(statement)
        if error.code == "Neo.DatabaseError.Schema.ConstraintCreationFailed" and duplicates:
            # The server's message has only one of them, and its values.
            self.details["find"] = duplicates
        elif error.code.startswith("Neo.ClientError.Schema.Index"):
            # It may be what a constraint left that was broken off: then it is to be dropped.
            self.details["find"] = "SHOW INDEXES WHERE owningConstraint IS NULL"


async def show(place: AsyncSession | AsyncTransaction) -> Rows:
    """Returns the constraints of a graph, in a form that can be compared."""
    result = await place.run(SHOW)
    return frozenset(
        tuple(tuple(value) if isinstance(value, list) else value for value in record.values())
        for record in await result.fetch(10000)
    )


async def make(session: AsyncSession, statement: LiteralString) -> None:
    """Makes a constraint where there is none like it. Raises RefusedError."""
    # With these words the server would not say that another constraint has the name.
    plain = re.sub(r"\bIF\s+NOT\s+EXISTS\b", "", statement, flags=re.I)
    try:
        await (await session.run(plain)).consume()
    except Neo4jError as error:
        if error.is_retryable():
            raise
        if error.code not in THERE_ALREADY:
            raise RefusedError(statement, error) from error


def find_duplicates(statement: str) -> str | None:
    """Returns the query that finds what a uniqueness constraint does not allow."""
    found = UNIQUE.search(statement)
    if found is None:
        return None
    pattern, properties, _ = found.groups()
    values = properties.strip("()")
    return (
        f"MATCH {pattern} WITH [{values}] AS value, count(*) AS nodes "
        "WHERE nodes > 1 AND none(each IN value WHERE each IS NULL) RETURN value, nodes"
    )
