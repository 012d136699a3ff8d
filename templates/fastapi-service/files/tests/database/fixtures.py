from collections.abc import AsyncIterator, Iterator

import pytest
from alembic import command
from sqlalchemy import URL

from <%= it.package %>.database.connections import (
    Database,
)
from <%= it.package %>.database.settings import (
    PostgresSettings,
)
from <%= it.package %>.items.postgres_store import (
    PostgresItems,
)
from <%= it.package %>.migrate import migrations_of

from tests.stores.postgres import Platform, platform_on, variables_of
from tests.stores.postgres_server import serve_administrator


@pytest.fixture(scope="session")
def administrator() -> Iterator[URL]:
    with serve_administrator() as administrator:
        yield administrator


@pytest.fixture(scope="session")
def postgres_url(administrator: URL) -> str:
    """As in TEST_POSTGRES_URL."""
    return administrator.set(drivername="postgresql").render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def platform(administrator: URL) -> Iterator[Platform]:
    with platform_on(administrator) as platform:
        yield platform


@pytest.fixture(scope="session")
def migrated(platform: Platform) -> Iterator[str]:
    """The name of a database with the service's schema, to make others of."""
    with platform.database() as settings:
        command.upgrade(migrations_of(settings), "head")
        yield settings.database


@pytest.fixture
def empty_postgres(platform: Platform) -> Iterator[PostgresSettings]:
    """A database of the test's own, without a schema."""
    with platform.database() as settings:
        yield settings


@pytest.fixture
def postgres(platform: Platform, migrated: str) -> Iterator[PostgresSettings]:
    """A database of the test's own, with the service's schema and nothing in it."""
    with platform.database(migrated) as settings:
        yield settings


@pytest.fixture
def postgres_variables(postgres: PostgresSettings) -> dict[str, str]:
    return variables_of(postgres)


@pytest.fixture
async def postgres_items(postgres: PostgresSettings) -> AsyncIterator[PostgresItems]:
    async with Database(postgres) as database:
        yield PostgresItems(database)
