"""Lists of rows in the order of adding, which neither stop nor skip while others write.

A row's number is drawn when it is inserted, but the row is seen when its transaction commits: a
reader that remembers the last number it saw would never see one that commits late. So a reader
remembers a moment, and is shown what was not committed at that moment, however late that was.
"""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import BigInteger, Identity, Index, Row, Select, and_, or_, text, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import Mapped, mapped_column

from ..paging.page import InvalidCursorError, Page, read_cursor, write_cursor
from .snapshot import MOST_RUNNING, Snapshot, current_snapshot, is_yet_to_come


class Listed:
    """A table whose rows are listed by `page`: `class ItemRow(Listed, Base)`."""

    position: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    """Orders the rows of one transaction."""
    added_in: Mapped[int] = mapped_column(
        BigInteger, server_default=text("(pg_current_xact_id()::text)::bigint")
    )
    """The id of the transaction that added the row."""

    def __init_subclass__(cls, **options: Any) -> None:
        """Adds the index of the order."""
        super().__init_subclass__(**options)
        table = cls.__dict__.get("__table__")
        if table is not None:
            Index(None, table.c.added_in, table.c.position, unique=True)


# Sums of two of them are 64 bits.
Number = Annotated[int, Field(ge=0, le=2**61)]
Moment = Annotated[list[Number], Field(min_length=2, max_length=MOST_RUNNING + 2)]


class Place(BaseModel):
    """The content of a cursor: a place in what was committed between two moments."""

    model_config = ConfigDict(extra="forbid")

    since: Moment | None = None
    """What was committed at this moment is not shown. None: everything is shown."""
    until: Moment | None = None
    """What was not committed at this moment is shown afterwards. None: now."""
    after: tuple[Number, Number] | None = None
    """The transaction and the position of the last row that was shown."""


async def page(
    connection: AsyncConnection,
    statement: Select[Any],
    table: type[Listed],
    limit: int,
    cursor: str | None,
) -> Page[Row[Any]]:
    """Returns up to `limit` rows of the statement after the cursor, or the first ones.

    From the first page to the last, each row is shown once that is committed before the last page
    is read. The last one's cursor `newer` shows, whenever it is used, each row once that was
    committed since. Rows that are removed meanwhile are missing, and stop nothing.

    `statement` selects from `table`, with any condition but without an order. The connection's
    transaction should add nothing to the table. Raises InvalidCursorError.
    """
    place = read_cursor(cursor, Place) if cursor is not None else Place()
    since = Snapshot.of(place.since) if place.since else None
    until = Snapshot.of(place.until) if place.until else None
    after = place.after
    rows: list[Row[Any]] = []
    while True:
        now = None
        if until is None:
            until = now = await current_snapshot(connection)
            if since is not None and since.end > now.end:
                # It was given out before the database was restored.
                raise InvalidCursorError
        room = limit - len(rows)
        listed = between(statement, table, since, until, after).limit(room + 1)
        found = (await connection.execute(listed)).all()
        rows += found[:room]
        if len(found) > room:
            last = found[room - 1] if room else None
            reached = (last.page_added_in, last.page_position) if last else after
            return Page(rows, write_place(since, until, reached), None)
        if now is not None:
            return Page(rows, None, write_place(now))
        # What was committed while the pages before were read.
        since, until, after = until, None, None


def between(
    statement: Select[Any],
    table: type[Listed],
    since: Snapshot | None,
    until: Snapshot,
    after: tuple[int, int] | None,
) -> Select[Any]:
    """Returns the statement for rows that were committed between the two moments, in order."""
    order = (table.added_in, table.position)
    shown = until.had_ended(table.added_in)
    if since is not None:
        shown = and_(since.had_not_ended(table.added_in), shown)
    else:
        # As it may be of a row that was restored from a dump.
        shown = or_(shown, is_yet_to_come(table.added_in))
    if after is not None:
        shown = and_(tuple_(*order) > after, shown)
    place = (table.added_in.label("page_added_in"), table.position.label("page_position"))
    return statement.add_columns(*place).where(shown).order_by(*order)


def write_place(
    since: Snapshot | None, until: Snapshot | None = None, after: tuple[int, int] | None = None
) -> str:
    """Returns the cursor."""
    place = Place(
        since=since.numbers() if since else None,
        until=until.numbers() if until else None,
        after=after,
    )
    return write_cursor(place)
