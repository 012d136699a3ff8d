from typing import LiteralString
from uuid import UUID

from ..graph.graph import Graph
from ..graph.transaction import Transaction
from .model import RelatedItem

CONSTRAINTS: list[LiteralString] = [
    # Without it two MERGE at the same time make two nodes of one item.
    "CREATE CONSTRAINT item_id IF NOT EXISTS FOR (item:Item) REQUIRE item.id IS UNIQUE",
]
RELATE: LiteralString = """\
MERGE (one:Item {id: $one})
MERGE (other:Item {id: $other})
MERGE (one)-[:RELATED_TO]->(other)"""
PART: LiteralString = """\
MATCH (:Item {id: $one})-[relation:RELATED_TO]->(:Item {id: $other})
DELETE relation"""
FORGET: LiteralString = """\
MATCH (item:Item {id: $id})
DETACH DELETE item"""
NEIGHBOURS: LiteralString = """\
MATCH (item:Item)-[:RELATED_TO]-(next:Item)
WHERE item.id IN $ids AND NOT next.id IN $seen
RETURN DISTINCT next.id AS id
ORDER BY id
LIMIT $limit"""


class RelationStore:
    """Relations in the graph, each once: they have no direction."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    async def relate(self, item: UUID, other: UUID) -> None:
        async def work(transaction: Transaction) -> None:
            await transaction.run(RELATE, **pair(item, other))

        await self._graph.write(work)

    async def part(self, item: UUID, other: UUID) -> None:
        """Does nothing where they are not related."""

        async def work(transaction: Transaction) -> None:
            await transaction.run(PART, **pair(item, other))

        await self._graph.write(work)

    async def forget(self, item: UUID) -> None:
        """Takes the item out of the graph, with its relations."""

        async def work(transaction: Transaction) -> None:
            await transaction.run(FORGET, id=str(item))

        await self._graph.write(work)

    async def related(self, item: UUID, depth: int, limit: int) -> list[RelatedItem]:
        """The nearest first, those at one distance by their id; a query for each distance.

        Each query starts at no more than `limit` items, whatever the graph looks like.
        """

        async def work(transaction: Transaction) -> list[RelatedItem]:
            found: list[RelatedItem] = []
            start = [str(item)]
            seen = start
            for distance in range(1, depth + 1):
                room = limit - len(found)
                if not start or room == 0:
                    break
                records = await transaction.run(NEIGHBOURS, ids=start, seen=seen, limit=room)
                start = [record["id"] for record in records]
                seen = seen + start
                found += [RelatedItem(id=UUID(each), distance=distance) for each in start]
            return found

        return await self._graph.read(work)


def pair(item: UUID, other: UUID) -> dict[str, str]:
    """The same for both orders: what has no direction is stored in one."""
    one, two = sorted([str(item), str(other)])
    return {"one": one, "other": two}
