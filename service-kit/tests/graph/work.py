"""What the tests do in a graph of items."""

import asyncio
from typing import Any, LiteralString

from gennet_service_kit.graph.failures import GraphError
from gennet_service_kit.graph.graph import Graph
from gennet_service_kit.graph.transaction import Transaction

CONSTRAINTS: list[LiteralString] = [
    "CREATE CONSTRAINT item_id IF NOT EXISTS FOR (item:Item) REQUIRE item.id IS UNIQUE",
]


async def add_item(transaction: Transaction) -> None:
    await transaction.run("MERGE (:Item {id: $id})", id="only")


async def count_items(transaction: Transaction) -> int:
    [record] = await transaction.run("MATCH (item:Item) RETURN count(item) AS items")
    return int(record["items"])


async def constraint_names(transaction: Transaction) -> list[str]:
    return [record["name"] for record in await transaction.run("SHOW CONSTRAINTS YIELD name")]


async def echo(transaction: Transaction) -> list[dict[str, Any]]:
    return await transaction.run("RETURN $value AS value", value="hunter2")


async def until_healthy(graph: Graph) -> None:
    """Returns when a check succeeds, however slow this machine and hasty the graph is."""
    async with asyncio.timeout(60):
        while True:
            try:
                await graph.check()
            except GraphError:
                continue
            return
