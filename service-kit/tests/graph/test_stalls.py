"""A server that hangs for a while: nothing of that is left when it answers again."""

import asyncio
import base64
from collections.abc import AsyncIterator

import pytest
import structlog
from neo4j import AsyncGraphDatabase, Bookmarks, Driver

from gennet_service_kit.graph.connections import Connections
from gennet_service_kit.graph.failures import BusyError, OverdueError
from gennet_service_kit.graph.graph import Graph
from gennet_service_kit.graph.settings import Neo4jSettings
from gennet_service_kit.graph.transaction import Transaction
from gennet_service_kit.health import Readiness, Result
from gennet_service_kit.problems import UnavailableError
from gennet_service_kit.testing.door import Door
from gennet_service_kit.testing.server_process import HOST

from .work import CONSTRAINTS, add_item, count_items, echo, until_healthy

SIZE = 3

pytestmark = pytest.mark.anyio


@pytest.fixture
async def stalling(graph_door: Door, settings_through_door: Neo4jSettings) -> AsyncIterator[Graph]:
    """A graph behind the door, with few connections and little patience."""
    settings = settings_through_door.model_copy(
        update={"connections": SIZE, "timeout_seconds": 0.5}
    )
    await graph_door.open()
    async with Graph(settings, CONSTRAINTS) as graph:
        await until_it_is_used(graph)
        yield graph


async def until_it_is_used(graph: Graph) -> None:
    """Returns when as many transactions as there are connections have run at once."""
    async with asyncio.timeout(60):
        while True:
            everyone = asyncio.Barrier(SIZE)

            async def meet(transaction: Transaction, everyone: asyncio.Barrier = everyone) -> None:
                await echo(transaction)
                await everyone.wait()

            try:
                await asyncio.gather(*(graph.write(meet) for _ in range(SIZE)))
            except UnavailableError:
                await everyone.abort()
                continue
            return


async def until_it_is(readiness: Readiness, result: Result) -> None:
    async with asyncio.timeout(60):
        while readiness.report().checks != {"graph": result}:  # noqa: ASYNC110 - polled as by the kubelet
            await asyncio.sleep(0.01)


async def test_readiness_is_degraded_while_it_hangs_and_ok_again_when_it_answers(
    graph_door: Door, stalling: Graph
) -> None:
    readiness = Readiness(
        stalling.checks, interval_seconds=0.01, retry_seconds=0.01, overdue_seconds=0.2
    )
    async with readiness:
        for _ in range(2):
            await until_it_is(readiness, "ok")
            graph_door.hold()
            await until_it_is(readiness, "degraded")
            assert readiness.report().status == "ready"
            graph_door.release()
        await until_it_is(readiness, "ok")


async def test_requests_get_an_error_in_time_and_all_connections_work_afterwards(
    graph_door: Door, stalling: Graph
) -> None:
    graph_door.hold()
    for work in (stalling.write(add_item), stalling.read(count_items)):
        others = (stalling.read(count_items) for _ in range(SIZE - 1))
        answers = await asyncio.gather(work, *others, return_exceptions=True)
        # Those of the first round do not get in the way of the second.
        assert {str(answer) for answer in answers} == {"The graph is not available at the moment."}

    graph_door.release()
    await until_it_is_used(stalling)


async def test_requests_that_are_cancelled_at_any_moment_leave_all_connections_usable(
    graph_door: Door, stalling: Graph
) -> None:
    for round_ in range(3):
        if round_:
            # Other moments: with new connections.
            await graph_door.shut()
            await graph_door.open()
        for steps in range(60):
            task = asyncio.create_task(stalling.write(add_item))
            for _ in range(steps):
                await asyncio.sleep(0)
            if steps % 7 == 0:
                graph_door.hold()
                await asyncio.sleep(0.001)
            task.cancel()
            graph_door.release()
        await until_it_is_used(stalling)


async def test_what_is_cancelled_is_not_written(stalling: Graph, neo4j_driver: Driver) -> None:
    written = asyncio.Event()

    async def write_and_wait(transaction: Transaction) -> None:
        await add_item(transaction)
        written.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(stalling.write(write_and_wait))
    await written.wait()
    task.cancel()
    await asyncio.wait([task])

    await until_it_is_used(stalling)
    assert neo4j_driver.execute_query("MATCH (item:Item) RETURN item").records == []


async def test_work_that_hangs_itself_is_ended_in_time(stalling: Graph) -> None:
    async def hang(_: Transaction) -> None:
        await asyncio.Event().wait()

    answers = await asyncio.gather(
        *(stalling.read(hang) for _ in range(SIZE)), return_exceptions=True
    )
    assert {type(answer) for answer in answers} == {UnavailableError}
    await until_it_is_used(stalling)


async def test_a_busy_graph_is_busy_and_healthy(stalling: Graph) -> None:
    # Past the graph, whose patience would end at the same time for all of them.
    connections = stalling._connections
    resume = asyncio.Event()
    held = [
        asyncio.create_task(connections.run(lambda _: resume.wait(), "READ", 60))
        for _ in range(SIZE)
    ]
    await asyncio.sleep(0)
    with structlog.testing.capture_logs() as lines:
        with pytest.raises(UnavailableError, match="busy at the moment"):
            await stalling.read(echo)
        await until_healthy(stalling)
    assert [line["event"] for line in lines] == ["graph busy"]
    resume.set()
    await asyncio.gather(*held)


async def test_a_driver_that_hangs_while_it_connects_is_replaced(
    graph_door: Door, settings_through_door: Neo4jSettings
) -> None:
    silence = asyncio.Event()
    connected = asyncio.Event()

    async def keep_silent(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connected.set()
        await silence.wait()
        writer.close()

    silent = await asyncio.start_server(keep_silent, HOST, graph_door.port)
    async with Connections(settings_through_door, 1) as connections:
        given_up = asyncio.create_task(
            connections.run(lambda transaction: transaction.run("RETURN 1"), "READ", 60)
        )
        await connected.wait()
        silent.close()
        await graph_door.open()
        given_up.cancel()
        with structlog.testing.capture_logs() as lines:
            await connections.run(lambda transaction: transaction.run("RETURN 1"), "READ", 60)
        assert [line["event"] for line in lines] == ["graph connections replaced"]
    silence.set()
    await silent.wait_closed()


async def test_one_connection_serves_one_transaction_at_a_time(
    neo4j_settings: Neo4jSettings,
) -> None:
    resume = asyncio.Event()
    async with Connections(neo4j_settings, 1) as connections:
        first = asyncio.create_task(connections.run(lambda _: resume.wait(), "READ", 60))
        await asyncio.sleep(0)
        with pytest.raises(BusyError, match="no connection was free"):
            await connections.run(lambda _: resume.wait(), "READ", 0.01)
        resume.set()
        await first


async def test_a_restored_backup_that_is_older_than_what_was_read_is_read(
    neo4j_settings: Neo4jSettings, neo4j_driver: Driver
) -> None:
    with neo4j_driver.session() as session:
        session.run("CREATE (:Item)").consume()
        [bookmark] = (session.last_bookmarks()).raw_values
    async with Connections(neo4j_settings, 1) as connections:
        # There is no other way to a server that has lost transactions.
        later = Bookmarks.from_raw_values([much_later(bookmark)])
        connections._bookmarks = AsyncGraphDatabase.bookmark_manager(later)
        with pytest.raises(OverdueError):
            await connections.run(lambda transaction: transaction.run("RETURN 1"), "READ", 0.3)
        await connections.run(lambda transaction: transaction.run("RETURN 1"), "READ", 60)


def much_later(bookmark: str) -> str:
    """Returns the bookmark of a transaction that the same database will have."""
    packed = base64.b64decode(bookmark.removeprefix("FB:"))
    # A list of the database's id, the number of the transaction, and an empty list.
    later = packed[:19] + b"\xca" + (2**30).to_bytes(4, "big") + packed[-1:]
    return "FB:" + base64.b64encode(later).decode()
