"""Items and their relations are in two stores: what happens between the two."""

import asyncio
from uuid import UUID

import pytest
from neo4j import Driver

from <%= it.package %>.graph.graph import Graph
from <%= it.package %>.graph.settings import (
    Neo4jSettings,
)
from <%= it.package %>.items.model import (
    Item,
    NewItem,
)
from <%= it.package %>.items.store import (
    InMemoryItems,
)
from <%= it.package %>.problems import (
    NotFoundError,
    UnavailableError,
)
from <%= it.package %>.relations.item_store import (
    RelatedItemStore,
)
from <%= it.package %>.relations.relations import (
    Relations,
)
from <%= it.package %>.relations.store import (
    CONSTRAINTS,
    RelationStore,
)

pytestmark = pytest.mark.anyio


class FailingItems(InMemoryItems):
    """A store that does not remove, as often as it is told."""

    def __init__(self, failures: int) -> None:
        super().__init__()
        self._failures = failures

    async def remove(self, item_id: UUID) -> None:
        if self._failures > 0:
            self._failures -= 1
            raise ConnectionError("the store is away")
        await super().remove(item_id)


class BetweenItems(InMemoryItems):
    """A store in which an item is related in its last moments."""

    def __init__(self, store: RelationStore, other: UUID) -> None:
        super().__init__()
        self._relations = store
        self._other = other

    async def remove(self, item_id: UUID) -> None:
        await self._relations.relate(item_id, self._other)
        await super().remove(item_id)


class RemovedMeanwhile(RelationStore):
    """A graph that is so slow that an item is removed before it gets there."""

    def __init__(self, graph: Graph, items: InMemoryItems, removed: UUID) -> None:
        super().__init__(graph)
        self._items = items
        self._removed = removed

    async def relate(self, item: UUID, other: UUID) -> None:
        await RelatedItemStore(self._items, self).remove(self._removed)
        await super().relate(item, other)


async def add(items: InMemoryItems, *names: str) -> list[Item]:
    return [await items.add(NewItem(name=name)) for name in names]


def ids_in(driver: Driver) -> set[str]:
    records, _, _ = driver.execute_query("MATCH (item) RETURN item.id AS id")
    return {record["id"] for record in records}


def relations_in(driver: Driver) -> int:
    [[number]], _, _ = driver.execute_query("MATCH ()-[one]->() RETURN count(one)")
    return int(number)


async def test_a_removed_item_is_in_neither_store(
    items: InMemoryItems, relation_store: RelationStore, neo4j_driver: Driver
) -> None:
    one, two = await add(items, "one", "two")
    await Relations(items, relation_store).relate(one.id, two.id)

    await RelatedItemStore(items, relation_store).remove(one.id)

    assert ids_in(neo4j_driver) == {str(two.id)}
    assert relations_in(neo4j_driver) == 0
    with pytest.raises(NotFoundError):
        await items.get(one.id)


async def test_without_the_graph_nothing_is_removed(
    items: InMemoryItems, settings_through_door: Neo4jSettings
) -> None:
    [item] = await add(items, "only")
    hurried = settings_through_door.model_copy(update={"timeout_seconds": 0.1})
    async with Graph(hurried, CONSTRAINTS) as away:
        with pytest.raises(UnavailableError):
            await RelatedItemStore(items, RelationStore(away)).remove(item.id)
    assert await items.get(item.id) == item


async def test_when_the_store_fails_removing_again_completes_it(
    relation_store: RelationStore, neo4j_driver: Driver
) -> None:
    items = FailingItems(failures=1)
    one, two = await add(items, "one", "two")
    await Relations(items, relation_store).relate(one.id, two.id)
    store = RelatedItemStore(items, relation_store)

    with pytest.raises(ConnectionError):
        await store.remove(one.id)
    assert await items.get(one.id) == one
    assert ids_in(neo4j_driver) == {str(two.id)}

    await store.remove(one.id)
    with pytest.raises(NotFoundError):
        await items.get(one.id)


async def test_what_a_broken_removal_left_in_the_graph_goes_when_it_is_removed_again(
    items: InMemoryItems, relation_store: RelationStore, neo4j_driver: Driver
) -> None:
    one, two = await add(items, "one", "two")
    await relation_store.relate(one.id, two.id)
    await items.remove(one.id)

    with pytest.raises(NotFoundError):
        await RelatedItemStore(items, relation_store).remove(one.id)
    assert ids_in(neo4j_driver) == {str(two.id)}


async def test_an_item_that_is_related_while_it_is_removed_is_not_in_the_graph(
    relation_store: RelationStore, neo4j_driver: Driver
) -> None:
    [other] = await add(InMemoryItems(), "other")
    items = BetweenItems(relation_store, other.id)
    [item] = await add(items, "item")

    await RelatedItemStore(items, relation_store).remove(item.id)

    assert ids_in(neo4j_driver) == {str(other.id)}


@pytest.mark.parametrize("removed", [0, 1])
async def test_an_item_that_is_removed_while_it_is_related_is_not_in_the_graph(
    items: InMemoryItems, graph: Graph, neo4j_driver: Driver, removed: int
) -> None:
    pair = await add(items, "one", "two")
    relations = Relations(items, RemovedMeanwhile(graph, items, pair[removed].id))

    with pytest.raises(NotFoundError):
        await relations.relate(pair[0].id, pair[1].id)

    assert ids_in(neo4j_driver) == {str(pair[1 - removed].id)}


async def test_what_is_related_many_times_at_once_is_there_once(
    items: InMemoryItems, relation_store: RelationStore, neo4j_driver: Driver
) -> None:
    one, two = await add(items, "one", "two")
    relations = Relations(items, relation_store)

    pairs = [(one.id, two.id), (two.id, one.id)] * 10
    await asyncio.gather(*(relations.relate(*pair) for pair in pairs))

    records, _, _ = neo4j_driver.execute_query("MATCH (item) RETURN item.id AS id")
    assert sorted(record["id"] for record in records) == sorted([str(one.id), str(two.id)])
    assert relations_in(neo4j_driver) == 1
