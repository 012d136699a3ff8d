"""The way in for migrations: as the role that owns the schema, and one at a time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import NullPool, text
from sqlalchemy.ext.asyncio import AsyncConnection

from .connections import create_engine
from .settings import PostgresSettings

# Advisory locks are numbers, and apart for each database: any number does that is always the same.
TURN = 7_236_837_524
POLL_SECONDS = 0.2


@asynccontextmanager
async def owner_connection(settings: PostgresSettings) -> AsyncIterator[AsyncConnection]:
    """A connection for as long as no other task has one. Raises TimeoutError.

    What it makes belongs to the owner, whichever login made it, so that the next login can change
    it.
    """
    session = {
        "role": settings.owner,
        "lock_timeout": str(int(settings.lock_seconds * 1000)),
    }
    engine = create_engine(settings, session, None, poolclass=NullPool)
    async with engine.connect() as connection:
        async with asyncio.timeout(settings.turn_seconds):
            # Waiting inside of a statement would hold up CREATE INDEX CONCURRENTLY in the other.
            while not await take_turn(connection):  # noqa: ASYNC110
                await asyncio.sleep(POLL_SECONDS)
        # The turn ends with the connection.
        yield connection


async def take_turn(connection: AsyncConnection) -> bool:
    taken = await connection.scalar(text("SELECT pg_try_advisory_lock(:turn)"), {"turn": TURN})
    await connection.commit()
    return bool(taken)
