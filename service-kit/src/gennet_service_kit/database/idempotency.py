"""Idempotency keys in PostgreSQL: a key is stored in the transaction of its work."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncConnection

from ..idempotency.errors import KeyInUseError, KeyReusedError
from ..idempotency.key import KEPT_SECONDS, IdempotencyKey
from .connections import Database
from .tables import IDEMPOTENCY_KEYS

# With each new key two that are too old are removed: none is left for long, and no one waits.
PURGED = 2

T = TypeVar("T")

KEYS = sa.table(
    IDEMPOTENCY_KEYS,
    sa.column("id", sa.LargeBinary()),
    sa.column("fingerprint", sa.LargeBinary()),
    sa.column("result", sa.Text()),
    sa.column("kept_until", sa.DateTime(timezone=True)),
)
# It ends with the transaction, through a pooler too.
LOCK = sa.text("SELECT pg_try_advisory_xact_lock(:number)")
FIND = sa.select(KEYS.c.fingerprint, KEYS.c.result).where(
    KEYS.c.id == sa.bindparam("id"), KEYS.c.kept_until > sa.func.now()
)
KEEP = sa.text(
    f"WITH purged AS (DELETE FROM {IDEMPOTENCY_KEYS} WHERE id IN ("  # noqa: S608  (a constant)
    f"SELECT id FROM {IDEMPOTENCY_KEYS} WHERE kept_until <= now() AND id <> :id"
    f" ORDER BY kept_until LIMIT {PURGED} FOR UPDATE SKIP LOCKED))"
    f" INSERT INTO {IDEMPOTENCY_KEYS} (id, fingerprint, result, kept_until)"
    " VALUES (:id, :fingerprint, :result, now() + make_interval(secs => :seconds))"
    " ON CONFLICT (id) DO UPDATE SET fingerprint = excluded.fingerprint,"
    " result = excluded.result, kept_until = excluded.kept_until"
)


class IdempotencyKeys:
    """Does the work of a key once, and returns its result again for `kept_seconds`."""

    def __init__(self, database: Database, kept_seconds: float = KEPT_SECONDS) -> None:
        self._database = database
        self._kept_seconds = kept_seconds

    async def once(
        self,
        key: IdempotencyKey | None,
        result: type[T],
        work: Callable[[AsyncConnection], Awaitable[T]],
    ) -> T:
        """Returns the result of the work, which runs in a transaction; or what it was before.

        The key is stored in that transaction: either both are committed or neither. Where the work
        raises an error both are rolled back, and it may be tried again. `result` is the type of
        the result, which is stored as JSON. Without a key the work is done each time.

        Raises KeyInUseError while the same key is worked on, KeyReusedError where it was used for
        another request, and DatabaseUnavailableError.
        """
        async with self._database.transaction() as connection:
            if key is None:
                return await work(connection)
            adapter = TypeAdapter(result)
            number = int.from_bytes(key.id[:8], signed=True)
            if not await connection.scalar(LOCK, {"number": number}):
                raise KeyInUseError
            # By its own statement: one that waited for the lock would not see what was stored.
            found = (await connection.execute(FIND, {"id": key.id})).one_or_none()
            if found is not None:
                if found.fingerprint != key.fingerprint:
                    raise KeyReusedError
                return adapter.validate_json(found.result)
            done = await work(connection)
            values = {
                "id": key.id,
                "fingerprint": key.fingerprint,
                "result": adapter.dump_json(done).decode(),
                "seconds": self._kept_seconds,
            }
            await connection.execute(KEEP, values)
            return done


def create_idempotency_table(op: Any) -> None:
    """Makes the table, in a migration of the service; `op` is alembic.op.

    It never changes: a later version of the table would have another function.
    """
    op.create_table(
        IDEMPOTENCY_KEYS,
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("kept_until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{IDEMPOTENCY_KEYS}"),
    )
    op.create_index(f"ix_{IDEMPOTENCY_KEYS}_kept_until", IDEMPOTENCY_KEYS, ["kept_until"])


def drop_idempotency_table(op: Any) -> None:
    """Removes the table with all keys."""
    op.drop_table(IDEMPOTENCY_KEYS)
