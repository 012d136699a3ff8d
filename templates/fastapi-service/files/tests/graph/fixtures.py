from collections.abc import AsyncIterator, Iterator

import pytest
from neo4j import Driver, GraphDatabase

from <%= it.package %>.graph.graph import Graph
from <%= it.package %>.graph.settings import (
    Neo4jSettings,
)
from <%= it.package %>.relations.store import (
    CONSTRAINTS,
)

from tests.graph.proxy import Proxy
from tests.stores.neo4j import PREFIX, serve

# Of a test that is about something else nothing may depend on how fast this machine is.
PATIENT = {"connect_seconds": 30, "timeout_seconds": 60}


@pytest.fixture(autouse=True)
def _required_neo4j_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """What has no default, for the tests that are not about it."""
    monkeypatch.setenv(f"{PREFIX}USERNAME", "nobody")
    monkeypatch.setenv(f"{PREFIX}PASSWORD", "of a graph that is not there")


@pytest.fixture(scope="session")
def neo4j_server() -> Iterator[dict[str, str]]:
    with serve() as variables:
        yield variables


@pytest.fixture(scope="session")
def neo4j_driver(neo4j_server: dict[str, str]) -> Iterator[Driver]:
    """To look at the graph past the service."""
    login = (neo4j_server[f"{PREFIX}USERNAME"], neo4j_server[f"{PREFIX}PASSWORD"])
    with GraphDatabase.driver(neo4j_server[f"{PREFIX}URI"], auth=login) as driver:
        yield driver


@pytest.fixture
def neo4j_variables(neo4j_server: dict[str, str], neo4j_driver: Driver) -> dict[str, str]:
    """Of a graph that has nothing in it, and no constraints."""
    database = neo4j_server[f"{PREFIX}DATABASE"]
    constraints = neo4j_driver.execute_query("SHOW CONSTRAINTS YIELD name", database_=database)
    for [name] in constraints.records:
        neo4j_driver.execute_query("DROP CONSTRAINT $name", name=name, database_=database)
    neo4j_driver.execute_query("MATCH (node) DETACH DELETE node", database_=database)
    return neo4j_server


@pytest.fixture
def neo4j_settings(neo4j_variables: dict[str, str]) -> Neo4jSettings:
    given = {name.removeprefix(PREFIX).lower(): value for name, value in neo4j_variables.items()}
    return Neo4jSettings.model_validate({**PATIENT, **given})


@pytest.fixture
async def graph(neo4j_settings: Neo4jSettings) -> AsyncIterator[Graph]:
    async with Graph(neo4j_settings, CONSTRAINTS) as graph:
        yield graph


@pytest.fixture
async def proxy(neo4j_settings: Neo4jSettings) -> AsyncIterator[Proxy]:
    """A way to the graph that is closed at first."""
    async with Proxy(neo4j_settings) as proxy:
        yield proxy
