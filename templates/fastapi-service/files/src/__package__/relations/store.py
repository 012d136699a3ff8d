<% const { plural, module, type } = it.entity; -%>
from typing import LiteralString
from uuid import UUID

from gennet_service_kit.graph.graph import Graph
from gennet_service_kit.graph.transaction import Transaction

from .model import Related<%= type %>

# Without it two MERGE at the same time make two nodes of one id.
UNIQUE: LiteralString = """\
CREATE CONSTRAINT <%= module %>_id IF NOT EXISTS
FOR (node:<%= type %>) REQUIRE node.id IS UNIQUE"""
CONSTRAINTS = [UNIQUE]
RELATE: LiteralString = """\
MERGE (one:<%= type %> {id: $one})
MERGE (other:<%= type %> {id: $other})
MERGE (one)-[:RELATED_TO]->(other)"""
PART: LiteralString = """\
MATCH (:<%= type %> {id: $one})-[relation:RELATED_TO]->(:<%= type %> {id: $other})
DELETE relation"""
FORGET: LiteralString = """\
MATCH (node:<%= type %> {id: $id})
DETACH DELETE node"""
NEIGHBOURS: LiteralString = """\
MATCH (node:<%= type %>)-[:RELATED_TO]-(next:<%= type %>)
WHERE node.id IN $ids AND NOT next.id IN $seen
RETURN DISTINCT next.id AS id
ORDER BY id
LIMIT $limit"""


class RelationStore:
    """Relations in the graph, each once: they have no direction."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    async def relate(self, one: UUID, other: UUID) -> None:
        await self._write(RELATE, **pair(one, other))

    async def part(self, one: UUID, other: UUID) -> None:
        """Does nothing where they are not related."""
        await self._write(PART, **pair(one, other))

    async def forget(self, one: UUID) -> None:
        """Takes it out of the graph, with its relations."""
        await self._write(FORGET, id=str(one))

    async def related(self, one: UUID, depth: int, limit: int) -> list[Related<%= type %>]:
        """The nearest first, those at one distance by their id; a query for each distance.

        Each query starts at no more than `limit` nodes, whatever the graph looks like.
        """

        async def work(transaction: Transaction) -> list[Related<%= type %>]:
            found: list[Related<%= type %>] = []
            start = [str(one)]
            seen = start
            for distance in range(1, depth + 1):
                room = limit - len(found)
                if not start or room == 0:
                    break
                records = await transaction.run(NEIGHBOURS, ids=start, seen=seen, limit=room)
                start = [record["id"] for record in records]
                seen = seen + start
                found += [Related<%= type %>(id=UUID(each), distance=distance) for each in start]
            return found

        return await self._graph.read(work)

    async def _write(self, query: LiteralString, **parameters: str) -> None:
        async def work(transaction: Transaction) -> None:
            await transaction.run(query, **parameters)

        await self._graph.write(work)


def pair(one: UUID, other: UUID) -> dict[str, str]:
    """The same for both orders: what has no direction is stored in one."""
    first, second = sorted([str(one), str(other)])
    return {"one": first, "other": second}
