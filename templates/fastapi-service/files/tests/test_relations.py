<% const { name, plural, module, modules, type, types, path } = it.entity; -%>
"""Relations between <%= plural %>: these are in memory here, and the graph is a real one."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import FastAPI
from gennet_service_kit.graph.graph import Graph
from gennet_service_kit.graph.settings import Neo4jSettings
from gennet_service_kit.problems import NotFoundError
from neo4j import Driver

<%= it.python.sorted(
  it.python.importing(`${it.package}.app`, "create_app"),
  it.python.importing(`${it.package}.${modules}.model`, `New${type}`),
  it.python.importing(`${it.package}.${modules}.store`, `InMemory${types}`, `${type}Store`),
  it.python.importing(`${it.package}.parts`, "Parts"),
  it.python.importing(`${it.package}.relations.api`, "relation_routes"),
  it.python.importing(`${it.package}.relations.${module}_store`, `Related${types}`),
  it.python.importing(`${it.package}.relations.relations`, "Relations"),
  it.python.importing(`${it.package}.relations.store`, "CONSTRAINTS", "RelationStore"),
) %>

from .talking import talking_to

pytestmark = pytest.mark.anyio


@pytest.fixture
async def graph(neo4j_settings: Neo4jSettings) -> AsyncIterator[Graph]:
    async with Graph(neo4j_settings, CONSTRAINTS) as graph:
        yield graph


@pytest.fixture
def app(graph: Graph) -> FastAPI:
    return app_on(InMemory<%= types %>(), RelationStore(graph))


def app_on(<%= modules %>: <%= type %>Store, relations: RelationStore) -> FastAPI:
    routers = [relation_routes(Relations(<%= modules %>, relations))]
    related = Related<%= types %>(<%= modules %>, relations)
    return create_app(parts=Parts(<%= modules %>=related, routers=routers))


async def add(client: httpx.AsyncClient, *names: str) -> list[str]:
    """Returns the ids of new <%= plural %>, in their order."""
    answers = [await client.post("/<%= path %>", json={"name": name}) for name in names]
    return sorted(answer.json()["id"] for answer in answers)


async def relate(client: httpx.AsyncClient, one: str, other: str) -> None:
    response = await client.put(f"/<%= path %>/{one}/related/{other}")
    assert (response.status_code, response.content) == (204, b"")


async def related(client: httpx.AsyncClient, one: str, **params: int) -> list[tuple[str, int]]:
    response = await client.get(f"/<%= path %>/{one}/related", params=params)
    assert response.status_code == 200
    return [(each["id"], each["distance"]) for each in response.json()["items"]]


def ids_in(driver: Driver) -> set[str]:
    records, _, _ = driver.execute_query("MATCH (node) RETURN node.id AS id")
    return {record["id"] for record in records}


async def test_a_relation_is_seen_from_both_sides_until_they_part(
    client: httpx.AsyncClient,
) -> None:
    one, two = await add(client, "one", "two")
    await relate(client, two, one)
    await relate(client, one, two)

    assert await related(client, one) == [(two, 1)]
    assert await related(client, two) == [(one, 1)]
    for _ in range(2):
        assert (await client.delete(f"/<%= path %>/{one}/related/{two}")).status_code == 204
    assert await related(client, one) == []


async def test_what_is_at_a_distance_is_found_once_and_by_the_shortest_way(
    client: httpx.AsyncClient,
) -> None:
    a, b, c, d, e = await add(client, *"abcde")
    for one, other in [(a, b), (b, c), (c, d), (d, e), (a, c), (b, d)]:
        await relate(client, one, other)

    assert await related(client, a) == [(b, 1), (c, 1)]
    assert await related(client, a, depth=3) == [(b, 1), (c, 1), (d, 2), (e, 3)]
    assert await related(client, a, depth=3, limit=2) == [(b, 1), (c, 1)]
    assert await related(client, e, depth=3) == [(d, 1), (b, 2), (c, 2), (a, 3)]


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
async def test_only_what_exists_is_related(client: httpx.AsyncClient, method: str) -> None:
    [one] = await add(client, "only")
    missing = str(uuid4())

    for path in (f"{one}/related/{missing}", f"{missing}/related/{one}"):
        response = await client.request(method, f"/<%= path %>/{path}")
        assert response.status_code == 404
        assert missing in response.json()["detail"]
    assert (await client.get(f"/<%= path %>/{missing}/related")).status_code == 404


async def test_nothing_is_related_to_itself(client: httpx.AsyncClient) -> None:
    [one] = await add(client, "only")

    assert (await client.put(f"/<%= path %>/{one}/related/{one}")).status_code == 409


async def test_what_is_removed_is_in_neither_store(
    client: httpx.AsyncClient, neo4j_driver: Driver
) -> None:
    one, two = await add(client, "one", "two")
    await relate(client, one, two)

    assert (await client.delete(f"/<%= path %>/{one}")).status_code == 204

    assert ids_in(neo4j_driver) == {two}
    assert (await client.get(f"/<%= path %>/{one}")).status_code == 404


async def test_without_the_graph_nothing_is_removed_and_the_rest_works(
    settings_through_door: Neo4jSettings,
) -> None:
    hurried = settings_through_door.model_copy(update={"timeout_seconds": 0.1})
    async with (
        Graph(hurried, CONSTRAINTS) as unreachable,
        talking_to(app_on(InMemory<%= types %>(), RelationStore(unreachable))) as client,
    ):
        [one] = await add(client, "only")
        assert (await client.delete(f"/<%= path %>/{one}")).status_code == 503
        assert (await client.get(f"/<%= path %>/{one}")).status_code == 200


class Failing<%= types %>(InMemory<%= types %>):
    """A store that fails to remove, once."""

    failures = 1

    async def remove(self, <%= module %>_id: UUID) -> None:
        self.failures -= 1
        if self.failures >= 0:
            raise ConnectionError("the store is unreachable")
        await super().remove(<%= module %>_id)


async def test_removing_again_completes_what_a_failure_left(
    graph: Graph, neo4j_driver: Driver
) -> None:
    <%= modules %> = Failing<%= types %>()
    one = await <%= modules %>.add(New<%= type %>(name="one"))
    await RelationStore(graph).relate(one.id, uuid4())
    store = Related<%= types %>(<%= modules %>, RelationStore(graph))

    with pytest.raises(ConnectionError):
        await store.remove(one.id)
    assert await <%= modules %>.get(one.id) == one

    await store.remove(one.id)
    assert str(one.id) not in ids_in(neo4j_driver)
    with pytest.raises(NotFoundError):
        await <%= modules %>.get(one.id)


class Removing(RelationStore):
    """A graph so slow that something is removed before it gets there."""

    def __init__(self, graph: Graph, <%= modules %>: <%= type %>Store, removed: UUID) -> None:
        super().__init__(graph)
        self._<%= modules %> = <%= modules %>
        self._removed = removed

    async def relate(self, one: UUID, other: UUID) -> None:
        await Related<%= types %>(self._<%= modules %>, self).remove(self._removed)
        await super().relate(one, other)


async def test_what_is_removed_while_it_is_related_is_not_in_the_graph(
    graph: Graph, neo4j_driver: Driver
) -> None:
    <%= modules %> = InMemory<%= types %>()
    one, two = [await <%= modules %>.add(New<%= type %>(name=name)) for name in ("one", "two")]
    relations = Relations(<%= modules %>, Removing(graph, <%= modules %>, one.id))

    with pytest.raises(NotFoundError):
        await relations.relate(one.id, two.id)

    assert ids_in(neo4j_driver) == {str(two.id)}
