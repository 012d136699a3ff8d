"""Pages of a list in the memory of this process."""

from bisect import bisect_right
from collections.abc import Sequence
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field

from .page import Page, read_cursor, write_cursor

Row = TypeVar("Row")


class Position(BaseModel):
    """The content of a cursor."""

    model_config = ConfigDict(extra="forbid")

    after: int = Field(default=0, ge=0)


def page_of(rows: Sequence[tuple[int, Row]], limit: int, cursor: str | None) -> Page[Row]:
    """Returns up to `limit` rows after the cursor, or the first ones.

    `rows` are in order, each with its position: a number above 0 that is larger than those of all
    rows that were added before it, removed ones included. Raises InvalidCursorError.
    """
    position = read_cursor(cursor, Position) if cursor is not None else Position()
    start = bisect_right(rows, position.after, key=lambda row: row[0])
    shown = rows[start : start + limit]
    last = write_cursor(Position(after=shown[-1][0]) if shown else position)
    more = start + limit < len(rows)
    return Page(
        rows=[row for _, row in shown],
        next=last if more else None,
        newer=None if more else last,
    )
