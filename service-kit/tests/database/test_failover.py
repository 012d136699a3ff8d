"""A server of the test alone, which stops, stalls, and becomes a replica."""

import asyncio
import gc
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import text

from gennet_service_kit.database.connections import Database
from gennet_service_kit.database.driver import DriverConnection, connect_driver
from gennet_service_kit.database.errors import DatabaseUnavailableError
from gennet_service_kit.database.probe import CheckFailedError
from gennet_service_kit.database.settings import PostgresSettings
from gennet_service_kit.testing.postgres import platform_on
from gennet_service_kit.testing.postgres_fixtures import PATIENT
from gennet_service_kit.testing.postgres_server import PostgresServer, own_server

from .statements import add, numbers, process_id

pytestmark = pytest.mark.anyio

# For tests that wait for a server that hangs.
HURRIED = {"connect_seconds": 1, "check_seconds": 0.5, "statement_seconds": 1}


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with own_server() as server:
        yield server


@pytest.fixture(scope="module")
def settings(server: PostgresServer) -> Iterator[PostgresSettings]:
    with platform_on(server.administrator) as platform, platform.database() as settings:
        yield settings.model_copy(update=PATIENT)


@pytest.fixture
async def own(settings: PostgresSettings) -> AsyncIterator[Database]:
    """A database with an empty table of numbers, over connections that were used."""
    async with Database(settings) as own:
        async with own.transaction() as connection:
            await connection.execute(text("DROP OWNED BY CURRENT_USER"))
            await connection.execute(text("CREATE TABLE numbers (number int PRIMARY KEY)"))
        await own.check()
        yield own


@pytest.fixture
async def hurried(own: Database, settings: PostgresSettings) -> AsyncIterator[Database]:
    """The same database, over connections that were used."""
    async with Database(settings.model_copy(update=HURRIED)) as hurried:
        await recovers(hurried)
        yield hurried


async def recovers(database: Database) -> None:
    """Returns when all works: a machine that is slow may need several attempts."""
    async with asyncio.timeout(60):
        while True:
            with suppress(CheckFailedError, DatabaseUnavailableError):
                await database.check()
                await process_id(database)
                return


async def test_a_restart_of_the_server_breaks_nothing_afterwards(
    own: Database, server: PostgresServer
) -> None:
    both = asyncio.Barrier(2)
    await asyncio.gather(*(process_id(own, both) for _ in range(2)))

    await asyncio.to_thread(server.process.end)
    with pytest.raises(CheckFailedError):
        await own.check()
    with pytest.raises(DatabaseUnavailableError):
        await add(own, 1)
    await asyncio.to_thread(server.process.start)

    await own.check()
    await add(own, 2)
    await asyncio.gather(*(process_id(own, both) for _ in range(2)))
    assert await numbers(own) == [2]


async def test_a_stall_of_the_server_breaks_nothing_afterwards(
    hurried: Database, server: PostgresServer
) -> None:
    """Whatever was waited for meanwhile: an answer, a connection, or the check."""
    stalled = asyncio.Event()

    async def stall() -> None:
        async with hurried.transaction() as connection:
            await connection.execute(text("SELECT 1"))
            server.pause()
            stalled.set()
            await connection.execute(text("INSERT INTO numbers VALUES (1)"))

    async def connect() -> None:
        await stalled.wait()
        await add(hurried, 2)

    async def check() -> None:
        await stalled.wait()
        for _ in range(2):
            with pytest.raises(CheckFailedError, match="no answer in time"):
                await hurried.check()

    try:
        failed, refused, checked = await asyncio.gather(
            stall(), connect(), check(), return_exceptions=True
        )
    finally:
        server.resume()

    for each in (failed, refused):
        assert isinstance(each, DatabaseUnavailableError)
        assert each.reason == "no answer in time"
    assert checked is None
    await recovers(hurried)


async def test_a_stall_while_nothing_is_used_costs_one_request(
    settings: PostgresSettings, server: PostgresServer
) -> None:
    now = 0.0
    seconds = {"connect_seconds": 1}
    async with Database(settings.model_copy(update=seconds), clock=lambda: now) as database:
        both = asyncio.Barrier(2)
        before = await asyncio.gather(*(process_id(database, both) for _ in range(2)))
        now = 60.0
        server.pause()
        try:
            with pytest.raises(DatabaseUnavailableError, match="not available"):
                await process_id(database)
        finally:
            server.resume()

        after = await asyncio.gather(*(process_id(database, both) for _ in range(2)))

    assert not {*before} & {*after}


async def test_the_end_of_the_service_waits_only_a_moment_for_a_server_that_hangs(
    settings: PostgresSettings, server: PostgresServer
) -> None:
    try:
        async with Database(settings) as database:
            both = asyncio.Barrier(2)
            await asyncio.gather(*(process_id(database, both) for _ in range(2)))
            await database.check()
            server.pause()
    finally:
        server.resume()
    gc.collect()


async def test_a_replica_is_refused_until_it_is_promoted(
    own: Database, server: PostgresServer
) -> None:
    """The primary is restarted as a replica, as by Patroni, and becomes the primary again."""
    await add(own, 1)

    await asyncio.to_thread(server.process.end)
    (server.data / "standby.signal").touch()
    await asyncio.to_thread(server.process.start)
    with pytest.raises(CheckFailedError, match="server is read-only"):
        await own.check()
    with pytest.raises(DatabaseUnavailableError) as refused:
        await add(own, 2)
    assert refused.value.reason == "server is read-only"
    await promote(server)

    await own.check()
    await add(own, 3)
    assert await numbers(own) == [1, 3]


async def promote(server: PostgresServer) -> None:
    url = server.administrator
    connection: Any = await connect_driver(
        host=url.host, port=url.port, user=url.username, password=url.password, database="postgres"
    )
    await connection.execute("SELECT pg_promote()")
    await connection.close()


async def test_a_name_that_moved_is_resolved_again(
    own: Database,
    settings: PostgresSettings,
    shared_postgres: PostgresSettings,
    database: Database,
) -> None:
    """Without a restart: the former primary is set to read only, and its name leads elsewhere."""
    primary = settings

    async def resolve(**arguments: Any) -> DriverConnection:
        where = {
            "host": primary.host,
            "port": primary.port,
            "user": primary.user,
            "password": primary.password.get_secret_value(),
            "database": primary.database,
        }
        return await connect_driver(**{**arguments, **where})

    async with Database(settings, connect=resolve) as moving:
        async with moving.transaction() as connection:
            demoted = "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY"
            await connection.execute(text(demoted))
        primary = shared_postgres
        with pytest.raises(DatabaseUnavailableError):
            await add(moving, 1)
        await add(moving, 2)

    assert (await numbers(own), await numbers(database)) == ([], [2])


async def test_readers_of_a_former_primary_move_as_soon_as_readiness_sees_it(
    own: Database,
    settings: PostgresSettings,
    shared_postgres: PostgresSettings,
    database: Database,
) -> None:
    """Reading alone meets no error there: what is read would be out of date for ever."""
    await add(own, 1)
    await add(database, 2)
    old: list[Any] = []
    primary = settings

    async def resolve(**arguments: Any) -> DriverConnection:
        where = {
            "host": primary.host,
            "port": primary.port,
            "user": primary.user,
            "password": primary.password.get_secret_value(),
            "database": primary.database,
        }
        connection = await connect_driver(**{**arguments, **where})
        old.append(connection)
        return connection

    async with Database(settings, connect=resolve) as moving:
        await moving.check()
        assert await numbers(moving) == [1]
        for connection in old:
            demoted = "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY"
            await connection.execute(demoted)
        primary = shared_postgres
        assert await numbers(moving) == [1]

        with pytest.raises(CheckFailedError, match="server is read-only"):
            await moving.check()

        await moving.check()
        assert await numbers(moving) == [2]
