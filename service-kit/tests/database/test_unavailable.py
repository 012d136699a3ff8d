"""What is answered while the database cannot be used, and afterwards."""

import asyncio
from collections.abc import AsyncIterator, MutableMapping
from http import HTTPStatus
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from gennet_service_kit.database.connections import Database
from gennet_service_kit.database.errors import (
    UNAVAILABLE,
    ChangeRefusedError,
    DatabaseUnavailableError,
)
from gennet_service_kit.database.probe import CheckFailedError
from gennet_service_kit.database.reasons import reason_for_no_connection
from gennet_service_kit.database.settings import PostgresSettings
from gennet_service_kit.problems import install_problem_handlers
from gennet_service_kit.testing.door import Door
from gennet_service_kit.testing.postgres import Platform

from .statements import add, numbers, process_id

pytestmark = pytest.mark.anyio

Lines = list[MutableMapping[str, Any]]


def raising(code: str) -> str:
    return f"DO $$ BEGIN RAISE EXCEPTION 'on purpose' USING ERRCODE = '{code}'; END $$"


def client_of(database: Database) -> httpx.AsyncClient:
    """A client of a service whose only route runs a statement."""
    app = FastAPI()
    install_problem_handlers(app)
    database.install(app)

    @app.get("/")
    async def run(statement: str) -> None:
        async with database.transaction() as connection:
            await connection.execute(text(statement))

    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://test")


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("08006", "connection lost"),
        ("25006", "server is read-only"),
        ("40001", "serialization failure"),
        ("40P01", "deadlock"),
        ("53100", "disk full"),
        ("53200", "server is out of memory"),
        ("53300", "too many connections"),
        ("53400", "server is out of resources"),
        ("55P03", "lock timeout"),
        ("57014", "statement timeout"),
        ("57P01", "server is shutting down"),
        ("57P02", "server crashed"),
        ("57P03", "server is starting up"),
        ("58030", "input or output error of the server"),
    ],
)
async def test_what_is_no_fault_of_the_statement_is_answered_with_503(
    database: Database, log_lines: Lines, code: str, reason: str
) -> None:
    async with client_of(database) as client:
        answer = await client.get("/", params={"statement": raising(code)})

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert answer.headers["content-type"] == "application/problem+json"
    assert "on purpose" not in answer.text
    assert [line["reason"] for line in log_lines] == [reason]
    await add(database, 1)


@pytest.mark.parametrize("code", ["23505", "23P01", "23503"])
async def test_a_conflict_with_what_is_stored_is_answered_with_409(
    database: Database, code: str
) -> None:
    async with client_of(database) as client:
        answer = await client.get("/", params={"statement": raising(code)})

    assert answer.status_code == 409
    assert answer.json()["detail"] == "The request conflicts with what is stored already."


async def test_the_log_names_the_constraint_of_a_conflict(
    database: Database, log_lines: Lines
) -> None:
    await add(database, 1)

    async with client_of(database) as client:
        await client.get("/", params={"statement": "INSERT INTO numbers VALUES (1)"})

    [line] = log_lines
    assert (line["event"], line["constraint"]) == ("conflict in the database", "numbers_pkey")


@pytest.mark.parametrize("code", ["23502", "23514", "42P01", "22012", "42501", "XX000", "25P02"])
async def test_a_wrong_statement_is_a_bug_of_the_service(database: Database, code: str) -> None:
    async with client_of(database) as client:
        answer = await client.get("/", params={"statement": raising(code)})

    assert answer.status_code == 500


@pytest.mark.parametrize("code", ["25006", "57P01"])
async def test_connections_to_a_server_that_was_demoted_are_replaced(
    shared_postgres: PostgresSettings, code: str
) -> None:
    async with Database(shared_postgres) as database:
        both = asyncio.Barrier(2)
        first, second = await asyncio.gather(*(process_id(database, both) for _ in range(2)))
        with pytest.raises(DatabaseUnavailableError):
            async with database.transaction() as connection:
                await connection.execute(text(raising(code)))
        processes = await asyncio.gather(*(process_id(database, both) for _ in range(2)))

    assert not {*processes} & {first, second}


async def test_a_session_that_became_read_only_is_not_used_again(narrow: Database) -> None:
    async with narrow.transaction() as connection:
        read_only = "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY"
        await connection.execute(text(read_only))

    with pytest.raises(DatabaseUnavailableError) as refused:
        await add(narrow, 1)

    assert refused.value.reason == "server is read-only"
    await add(narrow, 1)
    assert await numbers(narrow) == [1]


async def test_a_database_that_only_reads_is_neither_ready_nor_used(
    platform: Platform, empty_postgres: PostgresSettings
) -> None:
    setting = f"ALTER DATABASE {empty_postgres.database} SET default_transaction_read_only"
    async with Database(empty_postgres) as database:
        await database.check()
        before = await process_id(database)
        await platform.run(f"{setting} = on")
        async with Database(empty_postgres) as other:
            with pytest.raises(CheckFailedError, match=r"read-only\. .* to the primary"):
                await other.check()
            with pytest.raises(DatabaseUnavailableError):
                await numbers(other)

            await platform.run(f"{setting} = off")
            await other.check()
            assert await process_id(other)
        # It was connected before all that.
        assert await process_id(database) == before


async def test_a_replica_by_choice_is_ready_and_read_and_refuses_changes_by_name(
    platform: Platform, empty_postgres: PostgresSettings
) -> None:
    async with Database(empty_postgres) as source:
        async with source.transaction() as connection:
            await connection.execute(text("CREATE TABLE numbers (number int PRIMARY KEY)"))
        await add(source, 1)
    setting = f"ALTER DATABASE {empty_postgres.database} SET default_transaction_read_only"
    await platform.run(f"{setting} = on")
    replica = empty_postgres.model_copy(update={"read_only": True})
    async with Database(replica) as database:
        await database.check()
        before = await process_id(database)
        with pytest.raises(ChangeRefusedError, match="read replica") as refused:
            await add(database, 2)
        assert refused.value.status == HTTPStatus.SERVICE_UNAVAILABLE
        assert await numbers(database) == [1]
        # It is the right server, so its connection stays.
        assert await process_id(database) == before


@pytest.fixture
async def door(shared_postgres: PostgresSettings) -> AsyncIterator[Door]:
    door = Door(shared_postgres.host, shared_postgres.port)
    await door.open()
    yield door
    await door.shut()


@pytest.fixture
async def behind(door: Door, shared_postgres: PostgresSettings) -> AsyncIterator[Database]:
    async with Database(shared_postgres.model_copy(update={"port": door.port})) as database:
        yield database


async def test_a_server_that_cannot_be_reached_is_found_again(
    behind: Database, door: Door, log_lines: Lines
) -> None:
    await door.shut()
    with pytest.raises(CheckFailedError, match="cannot connect"):
        await behind.check()
    async with client_of(behind) as client:
        refused = await client.get("/", params={"statement": "SELECT 1"})

        await door.open()
        await behind.check()
        assert (await client.get("/", params={"statement": "SELECT 1"})).status_code == 200

        # While it is not used.
        await door.shut()
        await door.open()
        await behind.check()
        assert (await client.get("/", params={"statement": "SELECT 1"})).status_code == 200

    assert (refused.status_code, refused.json()["detail"]) == (503, UNAVAILABLE)
    [line] = log_lines
    assert line["event"] == "database unavailable"
    assert line["reason"].startswith("cannot connect")


async def test_a_connection_that_breaks_in_a_transaction_is_replaced(narrow: Database) -> None:
    with pytest.raises(DatabaseUnavailableError) as broken:
        async with narrow.transaction() as connection:
            await connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    assert broken.value.reason == "server is shutting down"
    assert await process_id(narrow)


async def test_an_error_is_raised_as_it_is_although_it_cannot_be_rolled_back(
    narrow: Database, platform: Platform
) -> None:
    async def fail() -> None:
        async with narrow.transaction() as connection:
            process = await connection.scalar(text("SELECT pg_backend_pid()"))
            await platform.run(f"SELECT pg_terminate_backend({process}, 60000)")
            raise ValueError("a bug")

    with pytest.raises(ValueError, match="a bug"):
        await fail()
    assert await process_id(narrow)


async def test_connections_that_the_server_closed_while_they_were_kept_are_replaced(
    database: Database, platform: Platform, log_lines: Lines
) -> None:
    process = await process_id(database)

    await platform.run(f"SELECT pg_terminate_backend({process}, 60000)")

    await add(database, 1)
    assert log_lines == []


async def test_a_rotated_password_is_named_and_connections_that_work_are_kept(
    platform: Platform, shared_postgres: PostgresSettings, log_lines: Lines
) -> None:
    login = platform.logins[0]
    async with Database(shared_postgres) as database:
        kept = await process_id(database)
        await platform.run(f"ALTER ROLE {login} PASSWORD 'new'")
        try:
            assert await process_id(database) == kept
            async with database.transaction(), client_of(database) as client:
                answer = await client.get("/", params={"statement": "SELECT 1"})
            with pytest.raises(CheckFailedError, match="restart the pods"):
                await database.check()
        finally:
            await platform.run(f"ALTER ROLE {login} PASSWORD '{platform.password}'")

        await database.check()

    assert answer.status_code == 503
    [line] = log_lines
    assert line["reason"] == "login refused"
    assert "restart the pods" in line["hint"]
    assert platform.password not in str(log_lines)


async def test_a_login_with_too_many_connections_is_answered_with_503(
    platform: Platform, shared_postgres: PostgresSettings
) -> None:
    login = platform.logins[0]
    async with Database(shared_postgres) as database, database.transaction():
        await platform.run(f"ALTER ROLE {login} CONNECTION LIMIT 1")
        try:
            with pytest.raises(DatabaseUnavailableError) as refused:
                await process_id(database)
        finally:
            await platform.run(f"ALTER ROLE {login} CONNECTION LIMIT -1")
        assert await process_id(database)

    assert refused.value.reason == "too many connections"


async def test_a_database_that_does_not_exist_is_named(shared_postgres: PostgresSettings) -> None:
    async with Database(shared_postgres.model_copy(update={"database": "missing"})) as database:
        with pytest.raises(CheckFailedError, match="database does not exist"):
            await database.check()


async def test_a_server_without_tls_is_refused(shared_postgres: PostgresSettings) -> None:
    checked = shared_postgres.model_copy(update={"tls": "verify-full"})

    async with Database(checked) as database:
        with pytest.raises(CheckFailedError, match="rejected SSL upgrade"):
            await database.check()


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (OSError(101, "Network is unreachable"), "Network is unreachable"),
        (TimeoutError(), "no answer in time"),
        (RuntimeError("a surprise"), "a surprise"),
    ],
)
def test_an_error_while_connecting_is_explained(error: Exception, reason: str) -> None:
    assert reason in reason_for_no_connection(error).text
