"""Between the service and PostgreSQL each transaction gets another connection."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from gennet_service_kit.database.connections import Database
from gennet_service_kit.database.errors import DatabaseUnavailableError
from gennet_service_kit.database.probe import CheckFailedError
from gennet_service_kit.database.settings import PostgresSettings

from .pooler import TransactionPooler, pgbouncer
from .statements import add, numbers

pytestmark = pytest.mark.anyio

Lines = list[MutableMapping[str, Any]]
Serve = Callable[..., Awaitable[PostgresSettings]]
IGNORED = "statement_timeout,idle_in_transaction_session_timeout,role,lock_timeout"


@pytest.fixture(params=["PgBouncer", "double"])
async def pooler(
    request: pytest.FixtureRequest,
    shared_postgres: PostgresSettings,
    database: Database,
    tmp_path: Path,
) -> AsyncIterator[Serve]:
    """Starts a pooler; returns the settings with which the database is found behind it."""
    running = AsyncExitStack()

    async def serve(ignores: bool = False) -> PostgresSettings:
        if request.param == "PgBouncer":
            process = pgbouncer(shared_postgres, tmp_path, IGNORED if ignores else "")
            if process is None:
                pytest.skip("PgBouncer is not installed: the double has its refusals")
            await asyncio.to_thread(process.start)
            running.push_async_callback(asyncio.to_thread, process.end)
            port = process.port
        else:
            double = TransactionPooler(shared_postgres, ignores)
            await double.open()
            running.push_async_callback(double.shut)
            port = double.port
        return shared_postgres.model_copy(update={"port": port})

    async with running:
        yield serve


async def test_a_service_that_knows_of_the_pooler_works(pooler: Serve) -> None:
    settings = await pooler()
    async with Database(settings.model_copy(update={"pooler": "transaction"})) as database:
        for start in range(0, 60, 20):
            await asyncio.gather(*(add(database, start + number) for number in range(20)))
            await database.check()
        assert await numbers(database) == list(range(60))


async def test_values_of_all_types_go_through_the_pooler(pooler: Serve) -> None:
    settings = await pooler()
    statement = text("SELECT CAST(:json AS jsonb), ARRAY[1, 2], now(), 'a'::name, 1.5::numeric")
    async with Database(settings.model_copy(update={"pooler": "transaction"})) as database:
        for _ in range(4):
            async with database.transaction() as connection:
                row = (await connection.execute(statement, {"json": '{"a": 1}'})).one()
                assert row[:2] == ({"a": 1}, [1, 2])
                rows = await connection.stream(text("SELECT generate_series(1, 200)"))
                assert len([row async for row in rows]) == 200


async def test_the_server_s_time_outs_hold_behind_the_pooler(pooler: Serve) -> None:
    settings = await pooler()
    update = {"pooler": "transaction", "statement_seconds": 41, "idle_seconds": 42}
    limits = "current_setting('{}'), current_setting('{}')"
    names = ("statement_timeout", "idle_in_transaction_session_timeout")
    async with Database(settings.model_copy(update=update)) as database:
        for _ in range(3):
            async with database.transaction() as connection:
                found = await connection.execute(text(f"SELECT {limits.format(*names)}"))
            assert found.one() == ("41s", "42s")


async def test_cancelled_requests_break_nothing_behind_the_pooler(pooler: Serve) -> None:
    settings = await pooler()
    async with Database(settings.model_copy(update={"pooler": "transaction"})) as database:
        for number in range(40):
            task = asyncio.create_task(add(database, number))
            await asyncio.sleep(number / 4000)
            task.cancel()
            await asyncio.wait([task])
        await asyncio.gather(*(add(database, number) for number in range(100, 110)))
        assert (await numbers(database))[-10:] == list(range(100, 110))
        await database.check()


@pytest.mark.parametrize("ignores", [False, True])
async def test_a_service_that_does_not_know_of_the_pooler_says_so(
    pooler: Serve, log_lines: Lines, ignores: bool
) -> None:
    """Whether the pooler refuses the session's settings, or is configured to ignore them."""
    settings = await pooler(ignores=ignores)
    async with Database(settings) as database:
        for _ in range(2):
            with pytest.raises(CheckFailedError, match=r"a pooler .*APP_POSTGRES__POOLER"):
                await database.check()
            with pytest.raises(DatabaseUnavailableError):
                await add(database, 1)

    for line in log_lines:
        assert line["reason"].startswith("a pooler ")
        assert line["hint"].startswith("Set APP_POSTGRES__POOLER=transaction")
