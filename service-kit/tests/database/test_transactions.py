import asyncio
import traceback
from collections.abc import MutableMapping
from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from gennet_service_kit.database.connections import Database
from gennet_service_kit.database.errors import (
    DatabaseUnavailableError,
    OutcomeUnknownError,
    TransactionConflictError,
)
from gennet_service_kit.database.settings import PostgresSettings

from .statements import add, numbers, process_id

pytestmark = pytest.mark.anyio

Lines = list[MutableMapping[str, Any]]

SECRET = "hunter2"  # noqa: S105  (it is the value of a user)
# The first one to change its second row finds it changed by the other.
REPEATABLE = text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")


async def test_an_error_rolls_a_transaction_back(database: Database) -> None:
    async def change_my_mind() -> None:
        async with database.transaction() as connection:
            await connection.execute(text("INSERT INTO numbers VALUES (1)"))
            raise ValueError("changed my mind")

    with pytest.raises(ValueError, match="changed my mind"):
        await change_my_mind()

    assert await numbers(database) == []


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT :secret FROM missing",
        "INSERT INTO names VALUES (:secret), (:secret)",
        "SELECT CAST(CAST(:secret AS text) AS int)",
        "INSERT INTO short VALUES (:secret)",
        "SELECT CAST(:secret AS int)",
    ],
    ids=["no such table", "detail", "message", "row", "driver"],
)
async def test_no_error_shows_values(database: Database, statement: str) -> None:
    async with database.transaction() as connection:
        await connection.execute(text("CREATE TABLE names (name text UNIQUE)"))
        await connection.execute(text("CREATE TABLE short (name text CHECK (name = ''))"))

    with pytest.raises(DBAPIError) as failed:
        async with database.transaction() as connection:
            await connection.execute(text(statement), {"secret": SECRET})

    assert "hunter2" not in "".join(traceback.format_exception(failed.value))
    assert "hunter2" not in repr(failed.value)
    assert "SECRET" in "".join(traceback.format_exception(failed.value))


async def test_an_error_names_what_is_missing(database: Database) -> None:
    with pytest.raises(DBAPIError, match='relation "missing" does not exist'):
        async with database.transaction() as connection:
            await connection.execute(text("SELECT 1 FROM missing"))


async def test_a_conflict_is_handled_within_the_transaction(database: Database) -> None:
    await add(database, 1)

    async with database.transaction() as connection:
        with pytest.raises(IntegrityError):
            async with connection.begin_nested():
                await connection.execute(text("INSERT INTO numbers VALUES (1)"))
        await connection.execute(text("INSERT INTO numbers VALUES (2)"))

    assert await numbers(database) == [1, 2]


@pytest.mark.parametrize("statement", ["INSERT INTO numbers VALUES (1)", "SELECT pg_sleep(60)"])
async def test_an_error_that_is_ignored_does_not_pass_for_a_commit(
    narrow: Database, statement: str
) -> None:
    """PostgreSQL rolls such a transaction back, and reports no error."""
    await add(narrow, 1)

    async def ignore() -> None:
        async with narrow.transaction() as connection:
            await connection.execute(text("INSERT INTO numbers VALUES (2)"))
            with suppress(DBAPIError, DatabaseUnavailableError):
                await connection.execute(text(statement))

    with pytest.raises((IntegrityError, DatabaseUnavailableError)):
        await ignore()
    assert await numbers(narrow) == [1]


async def test_a_lost_connection_that_is_ignored_does_not_pass_for_a_commit(
    narrow: Database,
) -> None:
    async def ignore() -> None:
        async with narrow.transaction() as connection:
            with suppress(DatabaseUnavailableError):
                await connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    with pytest.raises(DatabaseUnavailableError):
        await ignore()
    assert await numbers(narrow) == []


async def test_a_time_out_of_something_else_is_no_lost_database(database: Database) -> None:
    before = await process_id(database)

    with pytest.raises(TimeoutError):
        async with database.transaction(), asyncio.timeout(0):
            await asyncio.Event().wait()

    assert await process_id(database) == before


async def raise_conflict(connection: AsyncConnection, code: str) -> None:
    body = f"RAISE EXCEPTION 'conflict' USING ERRCODE = '{code}'"
    await connection.execute(text(f"DO $$ BEGIN {body}; END $$"))


@pytest.mark.parametrize("code", ["40001", "40P01"])
async def test_work_is_repeated_after_a_conflict(database: Database, code: str) -> None:
    attempts = 0

    async def work(connection: AsyncConnection) -> str:
        nonlocal attempts
        attempts += 1
        await connection.execute(text("INSERT INTO numbers VALUES (1)"))
        if attempts < 3:
            await raise_conflict(connection, code)
        return "done"

    assert await database.run(work) == "done"
    assert (attempts, await numbers(database)) == (3, [1])


async def test_work_is_repeated_only_so_often(database: Database, log_lines: Lines) -> None:
    attempts = 0

    async def work(connection: AsyncConnection) -> None:
        nonlocal attempts
        attempts += 1
        await raise_conflict(connection, "40P01")

    with pytest.raises(TransactionConflictError):
        await database.run(work)

    assert attempts == 3
    assert [line["event"] for line in log_lines] == [
        "transaction repeated",
        "transaction repeated",
        "transaction conflict",
    ]
    assert {line["reason"] for line in log_lines} == {"deadlock"}


async def test_two_that_conflict_for_real_are_both_done(database: Database) -> None:
    await add(database, 0)
    read = asyncio.Barrier(2)
    met = False

    async def count(connection: AsyncConnection) -> None:
        nonlocal met
        await connection.execute(REPEATABLE)
        await connection.scalar(text("SELECT number FROM numbers"))
        if not met:
            await read.wait()
            met = True
        await connection.execute(text("UPDATE numbers SET number = number + 1"))

    await asyncio.gather(database.run(count), database.run(count))

    assert await numbers(database) == [2]


async def test_a_conflict_outside_of_run_is_not_repeated(database: Database) -> None:
    with pytest.raises(TransactionConflictError):
        async with database.transaction() as connection:
            await raise_conflict(connection, "40001")


async def test_a_conflict_that_commit_finds_is_repeated(database: Database) -> None:
    """The server refused it, so that nothing is committed."""
    async with database.transaction() as connection:
        await connection.execute(
            text(
                "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                "IF NEW.number = 1 THEN RAISE EXCEPTION USING ERRCODE = '40001'; END IF; "
                "RETURN NEW; END $$"
            )
        )
        await connection.execute(
            text(
                "CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON numbers "
                "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()"
            )
        )
    attempts = 0

    async def work(connection: AsyncConnection) -> None:
        nonlocal attempts
        attempts += 1
        await connection.execute(text("INSERT INTO numbers VALUES (:n)"), {"n": attempts})

    await database.run(work)

    assert await numbers(database) == [2]


async def test_a_lost_answer_to_commit_is_unknown_and_never_repeated(
    database: Database, log_lines: Lines
) -> None:
    """The server ends the connection while it commits."""
    async with database.transaction() as connection:
        await connection.execute(
            text(
                "CREATE FUNCTION fall() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                "PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(60); "
                "RETURN NEW; END $$"
            )
        )
        await connection.execute(
            text(
                "CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON numbers "
                "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fall()"
            )
        )
    attempts = 0

    async def work(connection: AsyncConnection) -> None:
        nonlocal attempts
        attempts += 1
        await connection.execute(text("INSERT INTO numbers VALUES (1)"))

    with pytest.raises(OutcomeUnknownError, match="did not confirm the change"):
        await database.run(work)

    assert attempts == 1
    assert [line["event"] for line in log_lines] == ["commit outcome unknown"]
    assert await numbers(database) == []


async def test_a_transaction_that_is_idle_for_too_long_is_ended_by_the_server(
    shared_postgres: PostgresSettings,
) -> None:
    impatient = shared_postgres.model_copy(update={"idle_seconds": 0.05})

    async def idle(connection: AsyncConnection) -> None:
        for _ in range(2):
            await connection.execute(text("SELECT 1"))
            await asyncio.sleep(0.2)

    async with Database(impatient) as database:
        with pytest.raises(DatabaseUnavailableError) as ended:
            await database.run(idle)
        assert "APP_POSTGRES__IDLE_SECONDS" in str(ended.value.hint)
        assert await process_id(database)


async def test_a_statement_that_takes_too_long_is_ended_by_the_server(narrow: Database) -> None:
    before = await process_id(narrow)

    with pytest.raises(DatabaseUnavailableError) as ended:
        async with narrow.transaction() as connection:
            await connection.execute(text("SELECT pg_sleep(600)"))

    assert ended.value.reason == "statement timeout"
    assert await process_id(narrow) == before
