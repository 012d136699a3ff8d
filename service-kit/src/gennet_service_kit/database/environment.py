"""What Alembic runs for each of its commands: the content of a service's env.py."""

import asyncio
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, MetaData

from .owner import owner_connection
from .settings import PostgresSettings
from .tables import is_compared

SETTINGS = "postgres"
"""The attribute of Alembic's Config with the settings, for commands that a program runs."""


def run_migrations(context: Any, metadata: MetaData, load: Callable[[], PostgresSettings]) -> None:
    """Runs the command on the database, as its owner and while no other migration runs.

    `context` is the module alembic.context; `load` returns the settings for commands that were
    given on a terminal. Raises MigrationError, and what the migrations raise.
    """
    settings = context.config.attributes.get(SETTINGS) or load()

    def work_on(connection: Connection) -> None:
        context.configure(
            connection=connection,
            target_metadata=metadata,
            compare_server_default=True,
            include_object=is_compared,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()

    async def run() -> None:
        async with owner_connection(settings) as connection:
            await connection.run_sync(work_on)

    asyncio.run(run())
