import asyncio

import pytest

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
)

from tests.graph.proxy import Proxy
from tests.stores.server_process import HOST

pytestmark = pytest.mark.anyio


async def add_node(transaction: Transaction) -> None:
    await transaction.run("CREATE (:Item {id: $id})", id="only")


async def names_of_constraints(transaction: Transaction) -> list[str]:
    return [record["name"] for record in await transaction.run("SHOW CONSTRAINTS YIELD name")]


async def test_what_is_written_at_the_start_waits_for_the_graph_and_its_constraints(
    proxy: Proxy,
) -> None:
    async with Graph(proxy.settings, CONSTRAINTS) as graph:
        written = asyncio.create_task(graph.write(add_node))
        checked = asyncio.create_task(graph.check())
        await proxy.open()
        await asyncio.gather(written, checked)

        assert await graph.read(names_of_constraints) == ["item_id"]


async def test_a_graph_that_goes_away_and_comes_back(proxy: Proxy) -> None:
    await proxy.open()
    settings = proxy.settings.model_copy(update={"timeout_seconds": 0.5})
    async with Graph(proxy.settings, CONSTRAINTS) as patient, Graph(settings, []) as graph:
        await patient.check()
        await proxy.close()

        with pytest.raises(UnavailableError, match="not available at the moment"):
            await graph.read(names_of_constraints)
        with pytest.raises(Exception, match="Couldn't connect"):
            await graph.check()

        await proxy.open()
        await patient.check()
        assert await patient.read(names_of_constraints) == ["item_id"]


async def test_a_server_that_does_not_answer_is_given_up_and_is_talked_to_by_tls() -> None:
    heard: asyncio.Queue[bytes] = asyncio.Queue()

    async def keep_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.put_nowait(await reader.readexactly(1))
        await reader.read()
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
    async with server, Graph(settings, []) as graph:
        with pytest.raises(UnavailableError):
            await graph.read(names_of_constraints)
    # https://www.rfc-editor.org/rfc/rfc8446#section-5.1: a record of the handshake.
    assert await heard.get() == b"\x16"


async def test_a_wrong_password_is_an_outage_that_does_not_name_it(
    neo4j_settings: Neo4jSettings,
) -> None:
    given = {**neo4j_settings.model_dump(), "password": "hunter2"}
    async with Graph(Neo4jSettings.model_validate(given), []) as graph:
        with pytest.raises(UnavailableError) as refused:
            await graph.read(names_of_constraints)
    assert "hunter2" not in f"{refused.value} {refused.value.__cause__}"
