"""Fixtures of tests that need Neo4j; a pytest plugin."""

from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest
from neo4j import Driver, GraphDatabase

from ..graph.settings import Neo4jSettings
from .door import Door
from .neo4j import PREFIX, serve_url, variables_of
from .server_process import HOST

# Of a test that is about something else nothing may depend on how fast this machine is.
PATIENT = {"connect_seconds": 30, "timeout_seconds": 60}


@pytest.fixture(autouse=True)
def _required_neo4j_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """What has no default, for the tests that are not about it."""
    monkeypatch.setenv(f"{PREFIX}USERNAME", "nobody")
    monkeypatch.setenv(f"{PREFIX}PASSWORD", "of a graph that is not there")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What needs Neo4j comes last: that starts while the other tests run."""
    items.sort(key=needs_neo4j)


def needs_neo4j(item: pytest.Item) -> bool:
    """Returns whether a test uses Neo4j."""
    return "neo4j_url" in getattr(item, "fixturenames", ())


@pytest.fixture(scope="session", autouse=True)
def starting_neo4j(request: pytest.FixtureRequest) -> Iterator[Future[str] | None]:
    """A Neo4j that will be there, if a test of this session needs it."""
    if not any(map(needs_neo4j, request.session.items)):
        yield None
        return
    with ExitStack() as running, ThreadPoolExecutor(1) as thread:
        yield thread.submit(running.enter_context, serve_url())


@pytest.fixture(scope="session")
def neo4j_url(starting_neo4j: Future[str]) -> str:
    """Returns the address of the Neo4j of this session, once it has started."""
    return starting_neo4j.result()


@pytest.fixture(scope="session")
def neo4j_server(neo4j_url: str) -> dict[str, str]:
    """Returns the variables of that Neo4j, whatever is in it."""
    return variables_of(neo4j_url)


@pytest.fixture(scope="session")
def neo4j_driver(neo4j_server: dict[str, str]) -> Iterator[Driver]:
    """To look at the graph past the service."""
    login = (neo4j_server[f"{PREFIX}USERNAME"], neo4j_server[f"{PREFIX}PASSWORD"])
    with GraphDatabase.driver(neo4j_server[f"{PREFIX}URI"], auth=login) as driver:
        yield driver


@pytest.fixture
def neo4j_variables(neo4j_server: dict[str, str], neo4j_driver: Driver) -> dict[str, str]:
    """Of a graph that has nothing in it; it may have constraints: to make them takes long."""
    database = neo4j_server[f"{PREFIX}DATABASE"]
    neo4j_driver.execute_query("MATCH (node) DETACH DELETE node", database_=database)
    return neo4j_server


@pytest.fixture
def without_constraints(neo4j_variables: dict[str, str], neo4j_driver: Driver) -> None:
    """Drops all constraints before the test."""
    database = neo4j_variables[f"{PREFIX}DATABASE"]
    constraints = neo4j_driver.execute_query("SHOW CONSTRAINTS YIELD name", database_=database)
    for [name] in constraints.records:
        neo4j_driver.execute_query("DROP CONSTRAINT $name", name=name, database_=database)


@pytest.fixture
def neo4j_settings(neo4j_variables: dict[str, str]) -> Neo4jSettings:
    """Returns the settings of an empty graph."""
    given = {name.removeprefix(PREFIX).lower(): value for name, value in neo4j_variables.items()}
    return Neo4jSettings.model_validate({**PATIENT, **given})


@pytest.fixture
async def graph_door(neo4j_settings: Neo4jSettings) -> AsyncIterator[Door]:
    """A way to the graph that is shut at first."""
    behind = urlsplit(neo4j_settings.uri)
    door = Door(str(behind.hostname), behind.port or 7687)
    yield door
    await door.shut()


@pytest.fixture
def settings_through_door(neo4j_settings: Neo4jSettings, graph_door: Door) -> Neo4jSettings:
    """Returns the settings of the graph behind the door."""
    # Not neo4j://, by which the server would name its own address.
    return neo4j_settings.model_copy(update={"uri": f"bolt://{HOST}:{graph_door.port}"})
