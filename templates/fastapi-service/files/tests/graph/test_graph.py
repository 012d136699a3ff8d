import asyncio
from contextlib import AsyncExitStack
from typing import Any

import pytest
from neo4j import Driver
from neo4j.exceptions import CypherSyntaxError, Neo4jError
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode
from pydantic import ValidationError

from <%= it.package %>.graph.graph import Graph
from <%= it.package %>.graph.settings import (
    Neo4jSettings,
)
from <%= it.package %>.graph.transaction import (
    Transaction,
)
from <%= it.package %>.relations.store import (
    CONSTRAINTS,
)

pytestmark = pytest.mark.anyio


async def echo(transaction: Transaction) -> list[dict[str, Any]]:
    return await transaction.run("RETURN $value AS value", value="hunter2")


async def break_off(transaction: Transaction) -> None:
    await transaction.run("CREATE (:Item {id: $id})", id="written")
    await transaction.run("RETURN toInteger($value) / 0", value=1)


async def misspell(transaction: Transaction) -> None:
    await transaction.run("RETRUN $value", value="hunter2")


async def misread(transaction: Transaction) -> None:
    await transaction.run("RETURN date($value) AS day", value="hunter2")


async def count(transaction: Transaction) -> int:
    [record] = await transaction.run("MATCH (item:Item) RETURN count(item) AS items")
    return int(record["items"])


async def test_a_query_is_a_span_with_its_text_and_without_its_values(
    graph: Graph, spans: InMemorySpanExporter
) -> None:
    assert await graph.read(echo) == [{"value": "hunter2"}]

    [span] = spans.get_finished_spans()
    assert (span.name, span.kind) == ("RETURN neo4j", SpanKind.CLIENT)
    assert span.status.status_code == StatusCode.UNSET
    assert span.attributes == {
        "db.system.name": "neo4j",
        "db.namespace": "neo4j",
        "db.operation.name": "RETURN",
        "db.query.text": "RETURN $value AS value",
    }


async def test_a_query_that_fails_is_a_failed_span_and_is_not_hidden(
    graph: Graph, spans: InMemorySpanExporter
) -> None:
    with pytest.raises(CypherSyntaxError):
        await graph.read(misspell)

    [span] = spans.get_finished_spans()
    assert span.status.status_code == StatusCode.ERROR
    assert span.attributes is not None
    assert span.attributes["error.type"] == "CypherSyntaxError"
    assert span.attributes["db.response.status_code"] == "Neo.ClientError.Statement.SyntaxError"
    assert "hunter2" not in span.to_json()


async def test_what_the_server_says_about_a_value_is_in_no_span(
    graph: Graph, spans: InMemorySpanExporter
) -> None:
    with pytest.raises(Neo4jError, match="hunter2"):
        await graph.read(misread)

    [span] = spans.get_finished_spans()
    assert "hunter2" not in span.to_json()


async def test_a_transaction_that_fails_has_written_nothing(graph: Graph) -> None:
    with pytest.raises(Exception, match="by zero"):
        await graph.write(break_off)

    assert await graph.read(count) == 0


@pytest.mark.usefixtures("without_constraints")
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


@pytest.mark.parametrize(
    "uri",
    [
        "neo4j+ssc://graph",
        "https://graph",
        "neo4j+s://neo4j:hunter2@graph",
        "neo4j+s://graph:port",
        "neo4j+s://",
    ],
)
def test_an_address_without_verification_or_with_a_password_is_refused(uri: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Neo4jSettings.model_validate({"uri": uri, "username": "neo4j", "password": "hunter2"})
    assert "hunter2" not in str(refused.value)


def test_the_server_is_verified_by_default() -> None:
    settings = Neo4jSettings.model_validate({"username": "neo4j", "password": "hunter2"})
    assert settings.uri.startswith("neo4j+s://")
    assert "hunter2" not in repr(settings)
