<% const { modules, types, type } = it.entity; -%>
<% const plugins = ["fixtures", ...it.features.map((store) => `${store}_fixtures`).sort()]; -%>
"""What the tests share; the fixtures of the stores are the service kit's."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
<% if (it.postgres) { -%>
<%= it.python.sorted(
  it.sample.postgres && "from gennet_service_kit.database.connections import Database",
  it.sample.postgres && "from gennet_service_kit.database.settings import PostgresSettings",
  "from gennet_service_kit.database import migrate",
  "from gennet_service_kit.testing.postgres import Upgrade",
) %>
<% } -%>

<%= it.python.sorted(
  it.python.importing(`${it.package}.app`, "create_app"),
  it.postgres && it.python.importing(`${it.package}.migrate`, "MIGRATIONS"),
  it.python.importing(`${it.package}.parts`, "Parts"),
  it.sample.postgres && it.python.importing(`${it.package}.${modules}.postgres_store`, `Postgres${types}`),
) %>

from .talking import talking_to

pytest_plugins = [
<% for (const plugin of plugins) { -%>
    "gennet_service_kit.testing.<%= plugin %>",
<% } -%>
]
<% if (it.postgres) { -%>


@pytest.fixture(scope="session")
def upgrade() -> Upgrade:
    """Makes the schema of the databases that tests get."""
    return lambda settings: migrate.upgrade(settings, MIGRATIONS)
<% } -%>


@pytest.fixture
<% if (it.features.length > 0) { -%>
def environment(
<% for (const feature of it.features) { -%>
    <%= feature %>_variables: dict[str, str],
<% } -%>
) -> dict[str, str]:
    """The variables with which the service finds the real stores of the test."""
    return <%= it.features.map((feature) => `${feature}_variables`).join(" | ") %>
<% } else { -%>
def environment() -> dict[str, str]:
    """The variables with which the service finds its stores: it has none."""
    return {}
<% } -%>


@pytest.fixture
def app() -> FastAPI:
    """The application by itself: whatever it keeps, it keeps in memory."""
    return create_app(parts=Parts())


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with talking_to(app) as client:
        yield client


@pytest.fixture
def service(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    """The application on its real stores, as it runs in production."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return create_app()
<% if (it.sample.postgres) { -%>


@pytest.fixture
async def postgres_<%= modules %>(
    postgres: PostgresSettings,
) -> AsyncIterator[Postgres<%= types %>]:
    async with Database(postgres) as database:
        yield Postgres<%= types %>(database)
<% } -%>
