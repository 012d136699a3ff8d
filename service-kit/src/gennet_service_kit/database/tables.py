"""Tables of a service: how their constraints are named, and which tables are the library's own."""

from typing import Any

from sqlalchemy import MetaData

# https://alembic.sqlalchemy.org/en/latest/naming.html
NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

IDEMPOTENCY_KEYS = "idempotency_keys"


def named_metadata() -> MetaData:
    """Returns metadata whose constraints have names, so that migrations can drop them.

    For the base of a service's tables: `class Base(DeclarativeBase): metadata = named_metadata()`.
    """
    return MetaData(naming_convention=NAMING)


def is_compared(_: Any, name: str | None, kind: str, reflected: bool, compared_to: Any) -> bool:
    """Returns whether Alembic compares this with the service's own tables.

    A table of this library is made by a migration of the service, and is not in its metadata.
    """
    unknown = reflected and compared_to is None
    return not (kind == "table" and unknown and name == IDEMPOTENCY_KEYS)
