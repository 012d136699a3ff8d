"""Constraints that are made, lost, made again, or cannot be made."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from typing import Any, LiteralString, cast

import pytest
import structlog
from neo4j import Driver

from gennet_service_kit.graph.failures import GraphError
from gennet_service_kit.graph.graph import Graph
from gennet_service_kit.graph.settings import Neo4jSettings
from gennet_service_kit.graph.transaction import Transaction
from gennet_service_kit.problems import UnavailableError
from gennet_service_kit.testing.door import Door

from .work import CONSTRAINTS, add_item, constraint_names, count_items, until_healthy

Logs = list[Any]

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("without_constraints")]


@pytest.fixture
def logs() -> Iterator[Logs]:
    with structlog.testing.capture_logs() as lines:
        yield lines


@pytest.fixture
async def hurried(neo4j_settings: Neo4jSettings) -> AsyncIterator[Graph]:
    async with Graph(in_a_hurry(neo4j_settings), CONSTRAINTS) as graph:
        yield graph


def in_a_hurry(settings: Neo4jSettings) -> Neo4jSettings:
    return settings.model_copy(update={"timeout_seconds": 0.5})


def drop_constraints(driver: Driver) -> None:
    for [name] in driver.execute_query("SHOW CONSTRAINTS YIELD name").records:
        driver.execute_query("DROP CONSTRAINT $name", name=name)


def empty(driver: Driver) -> None:
    driver.execute_query("MATCH (node) DETACH DELETE node")
    drop_constraints(driver)


def reasons(logs: Logs) -> Logs:
    return [line for line in logs if line["event"] == "graph without constraints"]


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not holds():  # noqa: ASYNC110 - nothing signals this
            await asyncio.sleep(0.01)


async def test_replicas_that_start_at_once_make_the_constraints_once(
    neo4j_settings: Neo4jSettings, neo4j_driver: Driver
) -> None:
    for _ in range(2):
        async with AsyncExitStack() as started:
            graphs = [Graph(neo4j_settings, CONSTRAINTS) for _ in range(4)]
            await asyncio.gather(*(started.enter_async_context(graph) for graph in graphs))
            await asyncio.gather(*(graph.check() for graph in graphs))

    records, _, _ = neo4j_driver.execute_query("SHOW CONSTRAINTS YIELD name, type")
    assert [tuple(record) for record in records] == [("item_id", "UNIQUENESS")]


async def test_a_write_at_the_start_waits_for_the_graph_and_its_constraints(
    graph_door: Door, settings_through_door: Neo4jSettings
) -> None:
    async with Graph(settings_through_door, CONSTRAINTS) as graph:
        written = asyncio.create_task(graph.write(add_item))
        await asyncio.sleep(0)
        await graph_door.open()
        await written

        assert await graph.read(constraint_names) == ["item_id"]


async def test_an_item_is_one_node_in_a_graph_that_was_emptied(
    graph: Graph, neo4j_driver: Driver
) -> None:
    await graph.check()
    for _ in range(2):
        await asyncio.to_thread(empty, neo4j_driver)
        await asyncio.gather(*(graph.write(add_item) for _ in range(8)))
        assert await graph.read(count_items) == 1


async def test_a_transaction_that_wrote_without_the_constraint_is_rolled_back(
    graph: Graph, neo4j_driver: Driver
) -> None:
    await graph.check()
    attempts = 0

    async def work(transaction: Transaction) -> None:
        nonlocal attempts
        attempts += 1
        if attempts == 1:
            await asyncio.to_thread(drop_constraints, neo4j_driver)
        await transaction.run("CREATE (:Item {id: $attempt})", attempt=attempts)

    await graph.write(work)

    ids = neo4j_driver.execute_query("MATCH (item:Item) RETURN item.id").records
    assert ([list(record) for record in ids], attempts) == ([[2]], 2)
    assert await graph.read(constraint_names) == ["item_id"]


async def test_the_check_notices_that_the_constraints_are_lost_and_has_them_made(
    graph: Graph, neo4j_driver: Driver, logs: Logs
) -> None:
    await graph.check()
    await asyncio.to_thread(drop_constraints, neo4j_driver)
    await graph.check()

    assert await graph.read(constraint_names) == ["item_id"]
    assert [line["event"] for line in logs] == ["graph lost its constraints"]


async def test_duplicates_prevent_writes_until_they_are_removed_and_the_log_has_the_query(
    graph: Graph, hurried: Graph, neo4j_driver: Driver, logs: Logs
) -> None:
    await graph.check()
    await asyncio.to_thread(drop_constraints, neo4j_driver)
    neo4j_driver.execute_query("CREATE (:Item {id: 'hunter2'}), (:Item {id: 'hunter2'}), (:Item)")

    while not reasons(logs):
        # The first of them may be given up before it notices.
        with pytest.raises(UnavailableError, match="not available at the moment"):
            await hurried.write(add_item)
        with pytest.raises(GraphError):
            await hurried.check()
    assert await graph.read(count_items) == 3

    line = reasons(logs)[0]
    assert line["error"] == "RefusedError: Neo.DatabaseError.Schema.ConstraintCreationFailed"
    assert line["constraint"] == CONSTRAINTS[0]
    assert "hunter2" not in str(logs)
    records, _, _ = neo4j_driver.execute_query(line["find"])
    assert [list(record) for record in records] == [[["hunter2"], 2]]

    neo4j_driver.execute_query("MATCH (item:Item) DELETE item")
    await graph.write(add_item)
    await until(lambda: "graph has its constraints" in [line["event"] for line in logs])


async def test_another_constraint_of_the_same_name_prevents_writes(
    neo4j_settings: Neo4jSettings, neo4j_driver: Driver, logs: Logs
) -> None:
    neo4j_driver.execute_query("CREATE CONSTRAINT item_id FOR (i:Item) REQUIRE i.key IS UNIQUE")
    async with Graph(in_a_hurry(neo4j_settings), CONSTRAINTS) as graph:
        while not reasons(logs):
            with pytest.raises(UnavailableError):
                await graph.write(add_item)
    assert "ConstraintWithNameAlreadyExists" in reasons(logs)[0]["error"]


async def test_the_same_constraint_of_another_name_will_do(
    neo4j_settings: Neo4jSettings, neo4j_driver: Driver
) -> None:
    neo4j_driver.execute_query("CREATE CONSTRAINT by_hand FOR (i:Item) REQUIRE i.id IS UNIQUE")
    async with Graph(neo4j_settings, CONSTRAINTS) as graph:
        await graph.write(add_item)
        assert await graph.read(constraint_names) == ["by_hand"]


async def test_a_mistake_in_making_them_is_in_the_log_with_its_traceback(
    neo4j_settings: Neo4jSettings, logs: Logs
) -> None:
    mistake = cast(LiteralString, None)
    async with Graph(neo4j_settings, [mistake]):
        await until(lambda: bool(logs))
    assert isinstance(logs[0]["exc_info"], TypeError)


async def test_an_item_is_one_node_and_a_write_that_waits_too_long_for_it_is_given_up(
    graph: Graph, hurried: Graph, neo4j_driver: Driver
) -> None:
    written, resume = asyncio.Event(), asyncio.Event()

    async def hold(transaction: Transaction) -> None:
        await add_item(transaction)
        written.set()
        await resume.wait()

    def is_waited_for() -> bool:
        records, _, _ = neo4j_driver.execute_query("SHOW TRANSACTIONS YIELD status")
        return any(record["status"].startswith("Blocked") for record in records)

    await asyncio.gather(until_healthy(graph), until_healthy(hurried))
    first = asyncio.create_task(graph.write(hold))
    await written.wait()
    second = asyncio.create_task(graph.write(add_item))
    await until(is_waited_for)
    with pytest.raises(UnavailableError):
        await hurried.write(add_item)
    resume.set()
    await asyncio.gather(first, second)

    assert await graph.read(count_items) == 1
