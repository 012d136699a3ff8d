import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from neo4j import AsyncSession

from <%= it.package %> import health
from <%= it.package %>.app import create_app
from <%= it.package %>.graph.graph import Graph
from <%= it.package %>.graph.settings import (
    Neo4jSettings,
)
from <%= it.package %>.graph.transaction import (
    Transaction,
)
from <%= it.package %>.parts import Parts
from <%= it.package %>.problems import (
    UnavailableError,
)
from <%= it.package %>.relations.store import (
    CONSTRAINTS,
)

from tests.stores.door import Door
from tests.stores.server_process import HOST
from tests.talking import talking_to

Logged = Callable[[str], list[dict[str, Any]]]

pytestmark = pytest.mark.anyio


class BrokenGraph(Graph):
    """One that fails, as long as it is told to, in an unforeseen way."""

    broken = True

    def _session(self) -> AsyncSession:
        if self.broken:
            raise RuntimeError("unforeseen")
        return super()._session()


async def add_node(transaction: Transaction) -> None:
    await transaction.run("CREATE (:Item {id: $id})", id="only")


async def count_nodes(transaction: Transaction) -> int:
    [record] = await transaction.run("MATCH (node) RETURN count(node) AS nodes")
    return int(record["nodes"])


async def names_of_constraints(transaction: Transaction) -> list[str]:
    return [record["name"] for record in await transaction.run("SHOW CONSTRAINTS YIELD name")]


@pytest.mark.usefixtures("without_constraints")
async def test_what_is_written_at_the_start_waits_for_the_graph_and_its_constraints(
    graph_door: Door, settings_through_door: Neo4jSettings
) -> None:
    async with Graph(settings_through_door, CONSTRAINTS) as graph:
        written = asyncio.create_task(graph.write(add_node))
        checked = asyncio.create_task(graph.check())
        await graph_door.open()
        await asyncio.gather(written, checked)

        assert await graph.read(names_of_constraints) == ["item_id"]


@pytest.mark.usefixtures("without_constraints")
async def test_a_graph_that_goes_away_and_comes_back(
    graph_door: Door, settings_through_door: Neo4jSettings
) -> None:
    await graph_door.open()
    settings = settings_through_door
    hurried = settings.model_copy(update={"timeout_seconds": 0.5})
    async with Graph(settings, CONSTRAINTS) as patient, Graph(hurried, []) as graph:
        await patient.check()
        await graph_door.shut()

        with pytest.raises(UnavailableError, match="not available at the moment"):
            await graph.read(names_of_constraints)
        with pytest.raises(Exception, match="Couldn't connect"):
            await graph.check()

        await graph_door.open()
        await patient.check()
        assert await patient.read(names_of_constraints) == ["item_id"]


async def test_without_its_constraints_nothing_is_written(neo4j_settings: Neo4jSettings) -> None:
    hurried = neo4j_settings.model_copy(update={"timeout_seconds": 0.5})
    async with Graph(hurried, ["RETURN 1 / 0"]) as graph, Graph(neo4j_settings, []) as other:
        with pytest.raises(UnavailableError):
            await graph.write(add_node)
        assert await other.read(count_nodes) == 0


async def test_the_service_is_not_ready_without_it_and_says_so(
    environment: dict[str, str], graph_door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = {"APP_NEO4J__URI": f"bolt://{HOST}:{graph_door.port}"}
    for name, value in {**environment, **away}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(health, "CHECK_SECONDS", 0.05)

    async with talking_to(create_app()) as client:
        response = await client.get("/health/ready")

    assert response.status_code == 503
    assert response.json()["checks"]["graph"] == "failed"


async def test_what_was_not_foreseen_is_told_and_keeps_the_service_from_being_ready(
    neo4j_settings: Neo4jSettings, logged: Logged, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph = BrokenGraph(neo4j_settings, CONSTRAINTS)
    parts = Parts(checks=[health.Check("graph", graph.check)], resources=[graph])
    async with talking_to(create_app(parts=parts)) as client:
        monkeypatch.setattr(health, "CHECK_SECONDS", 0.05)
        away = await client.get("/health/ready")
        assert (away.status_code, away.json()["checks"]) == (503, {"graph": "failed"})
        assert "RuntimeError: unforeseen" in logged("graph without constraints")[0]["exception"]

        graph.broken = False
        monkeypatch.setattr(health, "CHECK_SECONDS", 60)
        there = await client.get("/health/ready")

    assert (there.status_code, there.json()["checks"]) == (200, {"graph": "ok"})


async def test_a_server_that_does_not_answer_is_given_up_and_is_talked_to_by_tls() -> None:
    heard: asyncio.Queue[bytes] = asyncio.Queue()
    given_up = asyncio.Event()

    async def keep_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            # A caller that gave up before it said anything is not heard.
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
    # For its constraints the graph tries again and again.
    async with server, Graph(settings, CONSTRAINTS) as graph:
        with pytest.raises(UnavailableError):
            await graph.read(names_of_constraints)
        # https://www.rfc-editor.org/rfc/rfc8446#section-5.1: a record of the handshake.
        assert await heard.get() == b"\x16"
        given_up.set()


async def test_a_wrong_password_is_an_outage_that_does_not_name_it(
    neo4j_settings: Neo4jSettings,
) -> None:
    given = {**neo4j_settings.model_dump(), "password": "hunter2"}
    async with Graph(Neo4jSettings.model_validate(given), []) as graph:
        with pytest.raises(UnavailableError) as refused:
            await graph.read(names_of_constraints)
    assert "hunter2" not in f"{refused.value} {refused.value.__cause__}"
