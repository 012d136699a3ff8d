"""How migrations connect: as the role that owns the schema, and one at a time."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager

from sqlalchemy import NullPool, text
from sqlalchemy.ext.asyncio import AsyncConnection

from ..clock import Clock
from .driver import BETWEEN, Connect, Server, connect_driver, milliseconds
from .engine import create_engine
from .reasons import POOLER, reason_for_no_connection
from .settings import PostgresSettings

# Advisory locks are numbers, per database: this one is that of every service for its migrations.
TURN = 7_236_837_524
POLL_SECONDS = 0.2
# The server notices within a minute that the process of a migration is gone, and ends its turn.
KEEPALIVE = {
    "tcp_keepalives_idle": "30",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
}
DIRECT = (
    "Give the migration the host and the port of PostgreSQL itself: role and lock belong to a"
    " session, which a pooler does not keep."
)


class MigrationError(Exception):
    """A migration cannot be made; the message is for the log."""

    def __init__(self, reason: str, hint: str | None = None) -> None:
        super().__init__(f"{reason}. {hint}" if hint else reason)
        self.reason = reason
        self.hint = hint
        """What to do about it, where that is known."""


@asynccontextmanager
async def owner_connection(
    settings: PostgresSettings,
    *,
    connect: Connect = connect_driver,
    clock: Clock = time.monotonic,
) -> AsyncIterator[AsyncConnection]:
    """Yields a connection while no other migration of this database has one.

    What it makes belongs to the owner, whichever login made it, so that the next login can change
    it. Raises MigrationError.
    """
    if settings.pooler != "none":
        raise MigrationError("migrations do not work through a pooler", DIRECT)
    session = {
        "role": settings.owner,
        "lock_timeout": milliseconds(settings.lock_seconds),
        **KEEPALIVE,
    }
    server = Server(settings, connect)
    engine = create_engine(server, session, command_seconds=None, poolclass=NullPool)
    try:
        connection = await engine.connect()
    except Exception as error:
        reason = reason_for_no_connection(error)
        if reason.text in (POOLER.text, BETWEEN.text):
            raise MigrationError("migrations do not work through a pooler", DIRECT) from error
        raise MigrationError(reason.text, reason.hint) from error
    async with aclosing(connection):
        await wait_for_turn(connection, settings.turn_seconds, clock)
        # The turn ends with the connection.
        yield connection


async def wait_for_turn(connection: AsyncConnection, seconds: float, clock: Clock) -> None:
    """Returns when this connection has the turn. Raises MigrationError."""
    until = clock() + seconds
    # Waiting inside of a statement would hold up CREATE INDEX CONCURRENTLY of the other.
    while not await take_turn(connection):
        if clock() >= until:
            raise MigrationError(
                f"another migration of this database runs for more than {seconds:g} s",
                "Run this one again when that has ended, or raise APP_POSTGRES__TURN_SECONDS.",
            )
        await asyncio.sleep(POLL_SECONDS)


async def take_turn(connection: AsyncConnection) -> bool:
    """Returns whether the connection has the turn now."""
    taken = await connection.scalar(text("SELECT pg_try_advisory_lock(:turn)"), {"turn": TURN})
    await connection.commit()
    return bool(taken)
