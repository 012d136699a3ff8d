"""Which transactions had ended at a moment, as PostgreSQL knows it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    all_,
    and_,
    any_,
    bindparam,
    or_,
    select,
    text,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import InstrumentedAttribute

# A cursor has these numbers in it, and is part of a URL.
MOST_RUNNING = 50

OWN = text("CAST(pg_current_xact_id_if_assigned()::text AS bigint)")
NEXT = text("CAST(pg_snapshot_xmax(pg_current_snapshot())::text AS bigint)")
NOW = select(text("pg_current_snapshot()::text"), OWN)


def is_yet_to_come(transaction: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Returns the condition that this server has had no such transaction: it is another one's."""
    return and_(transaction >= NEXT, transaction.is_distinct_from(OWN))


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A moment: a transaction had ended if its id is below `end` and not among `running`.

    https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-PG-SNAPSHOT
    """

    begin: int
    """All transactions below had ended."""
    end: int
    running: tuple[int, ...]

    def had_ended(self, transaction: InstrumentedAttribute[int]) -> ColumnElement[bool]:
        """Returns the condition that the transaction had ended at this moment."""
        return and_(transaction < self.end, transaction != all_(self._running))

    def had_not_ended(self, transaction: InstrumentedAttribute[int]) -> ColumnElement[bool]:
        """Returns the condition that the transaction had not ended; it can use an index."""
        later = or_(transaction >= self.end, transaction == any_(self._running))
        return and_(transaction >= self.begin, later)

    def numbers(self) -> list[int]:
        """Returns it as small numbers, for a cursor."""
        later = (self.end, *self.running)
        return [self.begin, *(number - self.begin for number in later)]

    @classmethod
    def of(cls, numbers: Sequence[int]) -> "Snapshot":
        """Returns what `numbers` was called of; these are two or more."""
        begin, end, *running = numbers
        return cls(begin, begin + end, tuple(begin + each for each in running))

    @property
    def _running(self) -> ColumnElement[Sequence[int]]:
        # One parameter, so that the statement is the same for any number of them.
        return bindparam(None, list(self.running), type_=ARRAY(BigInteger))


async def current_snapshot(connection: AsyncConnection) -> Snapshot:
    """Returns this moment; the connection's own transaction has not ended."""
    shown, own = (await connection.execute(NOW)).one()
    begin, end, listed = shown.split(":")
    running = {int(each) for each in listed.split(",") if each}
    if own is not None:
        running.add(own)
    begin = min([int(begin), *running])
    if len(running) > MOST_RUNNING:
        # For a list, the moment before the first of them began is as good, only earlier.
        return Snapshot(begin, begin, ())
    return Snapshot(begin, int(end), tuple(sorted(running)))
