"""A request that is cancelled gives its connection back, wherever it was."""

import asyncio
import gc
import random
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from gennet_service_kit.database.connections import Database
from gennet_service_kit.database.settings import PostgresSettings

from .statements import add, process_id

pytestmark = pytest.mark.anyio

SIZE = 3
SESSIONS = "SELECT state FROM pg_stat_activity WHERE application_name = 'cancelled'"


@pytest.fixture
async def cancelled(
    shared_postgres: PostgresSettings, database: Database
) -> AsyncIterator[Database]:
    update = {
        "pool_size": SIZE,
        "statement_seconds": 900,
        "application": "cancelled",
    }
    async with Database(shared_postgres.model_copy(update=update)) as cancelled:
        yield cancelled


async def ticks(number: int) -> None:
    for _ in range(number):
        await asyncio.sleep(0)


async def is_whole(pool: Database, database: Database) -> None:
    """Fails where a connection is missing, or one is left that does not belong to the pool."""
    together = asyncio.Barrier(SIZE)
    async with asyncio.timeout(60):
        await asyncio.gather(*(process_id(pool, together) for _ in range(SIZE)))
    gc.collect()
    async with asyncio.timeout(60):
        while True:
            async with database.transaction() as connection:
                states = list((await connection.execute(text(SESSIONS))).scalars())
            if states == ["idle"] * SIZE:
                return
            await asyncio.sleep(0.01)


@pytest.mark.parametrize(("seed", "cancellations"), [(0, 1), (1, 3)])
async def test_two_hundred_cancelled_transactions_leave_the_pool_whole(
    cancelled: Database, database: Database, seed: int, cancellations: int
) -> None:
    chance = random.Random(seed)  # noqa: S311  (the same points each time, as far as that goes)

    async def request(number: int) -> None:
        async with cancelled.transaction() as connection:
            await connection.execute(text("SELECT number FROM numbers"))
            await connection.execute(text("INSERT INTO numbers VALUES (:n)"), {"n": number})
            await asyncio.sleep(0)

    async def cancelled_request(number: int) -> None:
        task = asyncio.create_task(request(number))
        if chance.random() < 0.5:
            await ticks(chance.randrange(30))
        else:
            await asyncio.sleep(chance.random() * 0.01)
        for _ in range(cancellations):
            task.cancel()
            await ticks(chance.randrange(5))
        await asyncio.wait([task])
        assert task.cancelled() or task.exception() is None

    for start in range(0, 200, 5):
        await asyncio.gather(*(cancelled_request(start + each) for each in range(5)))

    await is_whole(cancelled, database)


async def test_a_cancelled_statement_ends_on_the_server_as_well(
    cancelled: Database, database: Database
) -> None:
    started = asyncio.Event()

    async def request() -> None:
        async with cancelled.transaction() as connection:
            await connection.execute(text("SELECT 1"))
            started.set()
            await connection.execute(text("SELECT pg_sleep(600)"))

    task = asyncio.create_task(request())
    await started.wait()
    await asyncio.sleep(0.02)
    task.cancel()
    await asyncio.wait([task])

    await is_whole(cancelled, database)


async def test_the_first_connection_may_be_cancelled(
    shared_postgres: PostgresSettings, database: Database
) -> None:
    """It is the one over which SQLAlchemy learns about the server."""
    for number in range(0, 60, 4):
        async with Database(shared_postgres) as new:
            task = asyncio.create_task(process_id(new))
            await ticks(number)
            await asyncio.sleep(number / 5000)
            task.cancel()
            await asyncio.wait([task])
            assert await process_id(new)


async def test_a_cancelled_check_is_asked_again_over_a_new_connection(database: Database) -> None:
    for number in range(40):
        task = asyncio.create_task(database.check())
        await ticks(number)
        task.cancel()
        await asyncio.wait([task])
    await database.check()


async def test_the_end_waits_for_connections_that_are_on_their_way_back(
    shared_postgres: PostgresSettings, database: Database
) -> None:
    async with Database(shared_postgres) as ending:
        for _ in range(10):
            task = asyncio.create_task(add(ending, 1))
            await asyncio.sleep(0.002)
            task.cancel()
            await ticks(2)
            task.cancel()
    await asyncio.wait([task])
    gc.collect()
