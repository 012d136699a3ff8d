"""A page of a list, and the cursors that lead on from it."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError

from ..problems import DomainError

LONGEST_CURSOR = 2000

Row = TypeVar("Row")
Content = TypeVar("Content", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows of a list, in the order in which they were added."""

    rows: Sequence[Row]
    next: str | None
    """The cursor of the next page; None on the last one."""
    newer: str | None
    """On the last page, the cursor for rows that are added from now on; None on the others."""


class InvalidCursorError(DomainError):
    """A cursor is not one of this list, or of another life of its database."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self) -> None:
        super().__init__("The cursor is invalid: start over without one.")


def write_cursor(content: BaseModel) -> str:
    """Returns the content as a cursor, which has no character that a URL would escape."""
    text = content.model_dump_json(exclude_defaults=True)
    return urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def read_cursor(cursor: str, content: type[Content]) -> Content:
    """Returns what `write_cursor` was given. Raises InvalidCursorError."""
    if len(cursor) > LONGEST_CURSOR:
        raise InvalidCursorError
    try:
        text = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        return content.model_validate_json(text, strict=True)
    except (ValidationError, ValueError):
        raise InvalidCursorError from None
