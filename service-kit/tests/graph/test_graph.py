import pytest
from neo4j.exceptions import CypherSyntaxError, Neo4jError, TransientError
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode
from pydantic import ValidationError

from gennet_service_kit.graph.graph import Graph
from gennet_service_kit.graph.settings import Neo4jSettings
from gennet_service_kit.graph.transaction import Transaction

from .work import add_item, count_items, echo

pytestmark = pytest.mark.anyio


async def break_off(transaction: Transaction) -> None:
    await add_item(transaction)
    await transaction.run("RETURN toInteger($value) / 0", value=1)


async def misspell(transaction: Transaction) -> None:
    await transaction.run("RETRUN $value", value="hunter2")


async def misread(transaction: Transaction) -> None:
    await transaction.run("RETURN date($value) AS day", value="hunter2")


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


async def test_checks_and_the_verification_of_constraints_are_no_spans(
    graph: Graph, spans: InMemorySpanExporter
) -> None:
    await graph.check()
    await graph.write(add_item)

    assert [span.name for span in spans.get_finished_spans()] == ["MERGE neo4j"]


async def test_a_query_that_fails_is_a_failed_span_and_an_error(
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


async def test_a_value_in_an_error_of_the_server_is_in_no_span(
    graph: Graph, spans: InMemorySpanExporter
) -> None:
    with pytest.raises(Neo4jError, match="hunter2"):
        await graph.read(misread)

    [span] = spans.get_finished_spans()
    assert "hunter2" not in span.to_json()


async def test_a_transaction_that_fails_has_written_nothing(graph: Graph) -> None:
    with pytest.raises(Neo4jError, match="by zero"):
        await graph.write(break_off)

    assert await graph.read(count_items) == 0


async def test_work_is_run_again_after_a_failure_that_passes(graph: Graph) -> None:
    failures = [TransientError("deadlock"), TransientError("no leader")]

    async def work(transaction: Transaction) -> None:
        await add_item(transaction)
        if failures:
            raise failures.pop()

    await graph.write(work)
    assert (failures, await graph.read(count_items)) == ([], 1)


async def test_the_graph_degrades_a_service_and_does_not_stop_it(graph: Graph) -> None:
    [check] = graph.checks
    assert (check.name, check.required) == ("graph", False)
    await check.ask()


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
def test_an_address_without_verification_or_with_a_password_is_invalid(uri: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Neo4jSettings.model_validate({"uri": uri, "username": "neo4j", "password": "hunter2"})
    assert "hunter2" not in str(refused.value)


def test_the_server_is_verified_by_default() -> None:
    settings = Neo4jSettings.model_validate({"username": "neo4j", "password": "hunter2"})
    assert settings.uri.startswith("neo4j+s://")
    assert "hunter2" not in repr(settings)
