"""Reads go to another server than writes, and need nothing of that one."""

import pytest
from sqlalchemy import text

from gennet_service_kit.component import Component
from gennet_service_kit.database.connections import Database
from gennet_service_kit.database.errors import DatabaseUnavailableError
from gennet_service_kit.database.settings import PostgresSettings

from .statements import add, numbers

pytestmark = pytest.mark.anyio


async def read(database: Database) -> list[int]:
    async with database.reading() as connection:
        return list((await connection.scalars(text("SELECT number FROM numbers"))).all())


async def failing(component: Component) -> list[str]:
    """The checks that fail, and whether each is required."""
    failed = []
    for check in component.checks:
        try:
            await check.ask()
        except Exception:
            failed.append(f"{check.name} ({'required' if check.required else 'not required'})")
    return failed


async def test_without_another_server_reads_go_where_writes_go(database: Database) -> None:
    await add(database, 1)

    assert await read(database) == [1]
    assert [(check.name, check.required) for check in database.checks] == [("database", True)]


async def test_reading_cannot_write(database: Database, shared_postgres: PostgresSettings) -> None:
    update = {"reader_host": shared_postgres.host}
    async with Database(shared_postgres.model_copy(update=update)) as split:
        with pytest.raises(DatabaseUnavailableError) as raised:
            async with split.reading() as connection:
                await connection.execute(text("INSERT INTO numbers VALUES (1)"))

    assert raised.value.reason == "server is read-only"
    assert await numbers(database) == []


async def test_reads_are_answered_while_the_server_that_is_written_is_away(
    database: Database, shared_postgres: PostgresSettings
) -> None:
    await add(database, 1)
    # Nothing listens at the address of the writer; the port of both is the same.
    update = {"host": "127.0.0.2", "reader_host": shared_postgres.host}
    async with Database(shared_postgres.model_copy(update=update)) as split:
        assert await read(split) == [1]
        with pytest.raises(DatabaseUnavailableError):
            await add(split, 2)
        assert await failing(split) == ["database-writer (not required)"]
