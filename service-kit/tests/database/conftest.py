from collections.abc import AsyncIterator, Iterator, MutableMapping
from typing import Any

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from gennet_service_kit.database import migrate
from gennet_service_kit.database.connections import Database
from gennet_service_kit.database.settings import PostgresSettings
from gennet_service_kit.testing.postgres import Platform, Upgrade
from gennet_service_kit.testing.postgres_fixtures import PATIENT

from .migrating import MIGRATIONS


@pytest.fixture
def log_lines() -> Iterator[list[MutableMapping[str, Any]]]:
    with capture_logs() as lines:
        yield lines


@pytest.fixture(scope="session")
def upgrade() -> Upgrade:
    """Makes the schema of `items` and of idempotency keys."""
    return lambda settings: migrate.upgrade(settings, MIGRATIONS)


@pytest.fixture(scope="session")
def shared_postgres(platform: Platform) -> Iterator[PostgresSettings]:
    """A database for all tests that leave its settings as they are: to make one takes a while."""
    with platform.database() as settings:
        yield settings.model_copy(update=PATIENT)


@pytest.fixture
async def database(shared_postgres: PostgresSettings) -> AsyncIterator[Database]:
    """With nothing but an empty table of numbers."""
    async with Database(shared_postgres) as database:
        async with database.transaction() as connection:
            await connection.execute(text("DROP OWNED BY CURRENT_USER"))
            await connection.execute(text("CREATE TABLE numbers (number int PRIMARY KEY)"))
        yield database


@pytest.fixture
async def narrow(database: Database, shared_postgres: PostgresSettings) -> AsyncIterator[Database]:
    """The same database, over one connection that is waited for only a moment."""
    update = {"pool_size": 1, "pool_seconds": 0.01, "statement_seconds": 0.5}
    async with Database(shared_postgres.model_copy(update=update)) as narrow:
        yield narrow
