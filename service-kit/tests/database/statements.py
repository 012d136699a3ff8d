"""What the tests of the database do in it."""

import asyncio

from sqlalchemy import text

from gennet_service_kit.database.connections import Database


async def add(database: Database, number: int) -> None:
    async with database.transaction() as connection:
        await connection.execute(text("INSERT INTO numbers VALUES (:number)"), {"number": number})


async def numbers(database: Database) -> list[int]:
    async with database.transaction() as connection:
        found = await connection.execute(text("SELECT number FROM numbers ORDER BY number"))
        return list(found.scalars())


async def process_id(database: Database, together: asyncio.Barrier | None = None) -> int:
    """Returns the id of the server's process at the other end of the connection.

    With a barrier, several use as many connections.
    """
    async with database.transaction() as connection:
        if together is not None:
            await together.wait()
        found = await connection.scalar(text("SELECT pg_backend_pid()"))
        assert isinstance(found, int)
        return found
