"""Fixtures of tests that need PostgreSQL; a pytest plugin."""

from collections.abc import Iterator

import pytest
from sqlalchemy import URL

from ..database.settings import PostgresSettings
from .postgres import Platform, Upgrade, nothing, platform_on, variables_of
from .postgres_server import serve_administrator

# A test of something else must not depend on how fast this machine is.
PATIENT = {
    "pool_seconds": 60,
    "connect_seconds": 60,
    "statement_seconds": 60,
    "idle_seconds": 600,
    "check_seconds": 60,
    "lock_seconds": 60,
}


@pytest.fixture(autouse=True)
def _required_postgres_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sets what has no default, for the tests that are about something else."""
    monkeypatch.setenv("APP_POSTGRES__USER", "nobody")
    monkeypatch.setenv("APP_POSTGRES__PASSWORD", "of a database that does not exist")


@pytest.fixture(scope="session")
def administrator() -> Iterator[URL]:
    """A PostgreSQL for all tests, with the login of an administrator."""
    with serve_administrator() as administrator:
        yield administrator


@pytest.fixture(scope="session")
def postgres_url(administrator: URL) -> str:
    """That PostgreSQL, in the form of TEST_POSTGRES_URL."""
    return administrator.set(drivername="postgresql").render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def platform(administrator: URL) -> Iterator[Platform]:
    """What the platform makes for a service in PostgreSQL."""
    with platform_on(administrator) as platform:
        yield platform


@pytest.fixture(scope="session")
def upgrade() -> Upgrade:
    """Makes the service's schema: a service replaces this fixture in its conftest."""
    return nothing


@pytest.fixture(scope="session")
def migrated(platform: Platform, upgrade: Upgrade) -> Iterator[str]:
    """The name of a database with the service's schema, of which others are copied."""
    with platform.database() as settings:
        upgrade(settings)
        yield settings.database


@pytest.fixture
def empty_postgres(platform: Platform) -> Iterator[PostgresSettings]:
    """A database for this test alone, without a schema."""
    with platform.database() as settings:
        yield settings.model_copy(update=PATIENT)


@pytest.fixture
def postgres(platform: Platform, migrated: str) -> Iterator[PostgresSettings]:
    """A database for this test alone, with the service's schema and nothing in it."""
    with platform.database(migrated) as settings:
        yield settings.model_copy(update=PATIENT)


@pytest.fixture
def postgres_variables(postgres: PostgresSettings) -> dict[str, str]:
    """The variables with which a service finds that database."""
    return variables_of(postgres)
