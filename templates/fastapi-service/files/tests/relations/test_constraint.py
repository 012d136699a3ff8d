"""Two who put the same item into the graph at once: the second waits for the first."""

import asyncio
from uuid import uuid4

import pytest
from neo4j import Driver

from <%= it.package %>.graph.graph import Graph
from <%= it.package %>.graph.settings import (
    Neo4jSettings,
)
from <%= it.package %>.graph.transaction import (
    Transaction,
)
from <%= it.package %>.problems import (
    UnavailableError,
)
from <%= it.package %>.relations.store import (
    CONSTRAINTS,
    RelationStore,
)

pytestmark = pytest.mark.anyio


def is_waited_for(driver: Driver) -> bool:
    records, _, _ = driver.execute_query("SHOW TRANSACTIONS YIELD status")
    return any(record["status"].startswith("Blocked") for record in records)


async def test_an_item_is_one_node_and_who_waits_too_long_gives_up(
    graph: Graph, neo4j_settings: Neo4jSettings, neo4j_driver: Driver
) -> None:
    item, others = uuid4(), [uuid4(), uuid4()]
    written, go_on = asyncio.Event(), asyncio.Event()

    async def hold(transaction: Transaction) -> None:
        await transaction.run("MERGE (:Item {id: $id})", id=str(item))
        written.set()
        await go_on.wait()

    hurried = neo4j_settings.model_copy(update={"timeout_seconds": 0.5})
    async with Graph(hurried, CONSTRAINTS) as impatient:
        await asyncio.gather(graph.check(), impatient.check())
        first = asyncio.create_task(graph.write(hold))
        await written.wait()
        second = asyncio.create_task(RelationStore(graph).relate(item, others[0]))
        while not (second.done() or is_waited_for(neo4j_driver)):  # noqa: ASYNC110
            await asyncio.sleep(0)
        with pytest.raises(UnavailableError):
            await RelationStore(impatient).relate(item, others[1])
        go_on.set()
        await asyncio.gather(first, second)

    records, _, _ = neo4j_driver.execute_query(
        "MATCH (node:Item {id: $id}) RETURN count(node) AS nodes", id=str(item)
    )
    assert records[0]["nodes"] == 1
