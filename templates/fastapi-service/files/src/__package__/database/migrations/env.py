"""Alembic runs this for each of its commands."""

import asyncio

from alembic import context
from sqlalchemy import Connection

from <%= it.package %>.database.base import Base
from <%= it.package %>.database.owner import (
    owner_connection,
)
from <%= it.package %>.database.tables import TABLES
from <%= it.package %>.settings import load_settings


def work_on(connection: Connection) -> None:
    assert TABLES  # noqa: S101  (their import has put them into the metadata)
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        compare_server_default=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


async def run() -> None:
    settings = context.config.attributes.get("postgres") or load_settings().postgres
    async with owner_connection(settings) as connection:
        await connection.run_sync(work_on)


asyncio.run(run())
