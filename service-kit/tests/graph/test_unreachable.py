"""A server that is unreachable, recovers, restarts or never answers."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import structlog

from gennet_service_kit.graph.failures import GraphError
from gennet_service_kit.graph.graph import Graph
from gennet_service_kit.graph.settings import Neo4jSettings
from gennet_service_kit.problems import UnavailableError
from gennet_service_kit.testing.door import Door
from gennet_service_kit.testing.server_process import HOST

from .work import CONSTRAINTS, add_item, constraint_names, count_items

pytestmark = pytest.mark.anyio


@pytest.fixture
async def hurried(settings_through_door: Neo4jSettings) -> AsyncIterator[Graph]:
    settings = settings_through_door.model_copy(update={"timeout_seconds": 0.3})
    async with Graph(settings, CONSTRAINTS) as graph:
        yield graph


async def test_without_the_graph_requests_and_checks_fail_and_with_it_they_succeed_again(
    graph_door: Door, hurried: Graph, settings_through_door: Neo4jSettings
) -> None:
    async with Graph(settings_through_door, CONSTRAINTS) as patient:
        for _ in range(2):
            with structlog.testing.capture_logs() as lines:
                with pytest.raises(UnavailableError, match="not available at the moment"):
                    await hurried.read(count_items)
                with pytest.raises(UnavailableError, match="not available at the moment"):
                    await hurried.write(add_item)
                with pytest.raises(GraphError):
                    await hurried.check()
            assert "graph unavailable" in [line["event"] for line in lines]

            await graph_door.open()
            await patient.check()
            await patient.write(add_item)
            assert await patient.read(constraint_names) == ["item_id"]
            await graph_door.shut()


async def test_a_write_that_meets_a_restart_is_run_again(
    graph_door: Door, settings_through_door: Neo4jSettings
) -> None:
    await graph_door.open()
    async with Graph(settings_through_door, CONSTRAINTS) as graph:
        await graph.check()
        await graph_door.shut()
        written = asyncio.create_task(graph.write(add_item))
        await asyncio.sleep(0)
        await graph_door.open()
        await written
        assert await graph.read(count_items) == 1


async def test_the_reason_for_which_the_graph_is_unreachable_is_in_the_log(hurried: Graph) -> None:
    with structlog.testing.capture_logs() as lines, pytest.raises(UnavailableError):
        await hurried.read(count_items)
    assert "Connect call failed" in str(lines)


async def test_a_server_that_does_not_answer_in_time_is_an_outage_and_is_asked_by_tls() -> None:
    heard: asyncio.Queue[bytes] = asyncio.Queue()
    given_up = asyncio.Event()

    async def keep_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            # A client that gave up before it sent anything is not heard.
            if first := await reader.read(1):
                heard.put_nowait(first)
            await given_up.wait()
        finally:
            writer.close()

    server = await asyncio.start_server(keep_silent, HOST)
    port = server.sockets[0].getsockname()[1]
    settings = Neo4jSettings.model_validate(
        {
            "uri": f"neo4j+s://{HOST}:{port}",
            "username": "neo4j",
            "password": "password",
            "timeout_seconds": 0.5,
        }
    )
    async with server, Graph(settings, CONSTRAINTS) as graph:
        with pytest.raises(UnavailableError):
            await graph.read(constraint_names)
        # https://www.rfc-editor.org/rfc/rfc8446#section-5.1: a record of the handshake.
        assert await heard.get() == b"\x16"
        given_up.set()
