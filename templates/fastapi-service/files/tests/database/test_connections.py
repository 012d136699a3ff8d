import ssl
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from <%= it.package %>.database.connections import (
    Database,
    tls_of,
)
from <%= it.package %>.database.settings import (
    PostgresSettings,
)
from <%= it.package %>.problems import UnavailableError

pytestmark = pytest.mark.anyio


@pytest.fixture
async def impatient(postgres: PostgresSettings) -> AsyncIterator[Database]:
    update = {"pool_size": 1, "pool_seconds": 0.01, "statement_seconds": 0.5}
    async with Database(postgres.model_copy(update=update)) as database:
        yield database


async def test_an_error_rolls_a_transaction_back(impatient: Database) -> None:
    async with impatient.transaction() as connection:
        await connection.execute(text("CREATE TABLE numbers (number int)"))

    async def change_my_mind() -> None:
        async with impatient.transaction() as connection:
            await connection.execute(text("INSERT INTO numbers VALUES (1)"))
            raise ValueError("changed my mind")

    with pytest.raises(ValueError, match="changed my mind"):
        await change_my_mind()

    async with impatient.transaction() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM numbers")) == 0


async def test_a_statement_that_takes_too_long_is_given_up(impatient: Database) -> None:
    with pytest.raises(UnavailableError):
        async with impatient.transaction() as connection:
            await connection.execute(text("SELECT pg_sleep(600)"))

    async with impatient.transaction() as connection:
        assert await connection.scalar(text("SELECT 1")) == 1


async def test_a_connection_that_breaks_in_a_transaction_is_an_unavailable_database(
    impatient: Database,
) -> None:
    with pytest.raises(UnavailableError):
        async with impatient.transaction() as connection:
            await connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    async with impatient.transaction() as connection:
        assert await connection.scalar(text("SELECT 1")) == 1


async def test_without_a_free_connection_a_request_waits_no_longer_than_it_should(
    impatient: Database,
) -> None:
    async with impatient.transaction():
        with pytest.raises(UnavailableError):
            async with impatient.transaction():
                pass
        # The database is there all the same.
        await impatient.check()


async def test_values_are_in_no_error(impatient: Database) -> None:
    with pytest.raises(DBAPIError) as failed:
        async with impatient.transaction() as connection:
            await connection.execute(text("SELECT :secret FROM missing"), {"secret": "hunter2"})

    assert "missing" in str(failed.value)
    assert "hunter2" not in str(failed.value)


async def test_a_server_without_tls_is_refused(postgres: PostgresSettings) -> None:
    checked = postgres.model_copy(update={"tls": "verify-full"})

    async with Database(checked) as database:
        with pytest.raises(ConnectionError, match="SSL"):
            await database.check()


def test_by_default_the_certificate_and_the_name_of_the_server_are_checked() -> None:
    settings = PostgresSettings.model_validate({"user": "me", "password": "mine"})

    context = tls_of(settings)

    assert isinstance(context, ssl.SSLContext)
    assert (context.check_hostname, context.verify_mode) == (True, ssl.CERT_REQUIRED)
