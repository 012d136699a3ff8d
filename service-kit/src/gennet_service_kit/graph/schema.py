"""The statements by which constraints are read and made."""

import re
from typing import Any, LiteralString

from neo4j import AsyncSession, AsyncTransaction
from neo4j.exceptions import Neo4jError

from .failures import GraphError, explain

SHOW = "SHOW CONSTRAINTS YIELD name, type, entityType, labelsOrTypes, properties"
THERE_ALREADY = (
    "Neo.ClientError.Schema.ConstraintAlreadyExists",
    "Neo.ClientError.Schema.EquivalentSchemaRuleAlreadyExists",
)
UNIQUE = re.compile(r"\bFOR\s*(\(.+?\))\s*REQUIRE\s+(.+?)\s+IS\s.*\b(UNIQUE|KEY)\b", re.I | re.S)

Rows = frozenset[tuple[Any, ...]]
"""All constraints of a graph, each with its name, type, entity type, labels and properties."""


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
            # It may be what an interrupted creation left behind; then it must be dropped.
            self.details["find"] = "SHOW INDEXES WHERE owningConstraint IS NULL"


async def show(place: AsyncSession | AsyncTransaction) -> Rows:
    """Returns the constraints of a graph, in a form that can be compared."""
    records = [record async for record in await place.run(SHOW)]
    return frozenset(
        tuple(tuple(value) if isinstance(value, list) else value for value in record.values())
        for record in records
    )


async def make(session: AsyncSession, statement: LiteralString) -> None:
    """Makes a constraint where there is none like it. Raises RefusedError."""
    # With these words the server would not report that another constraint has the name.
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
