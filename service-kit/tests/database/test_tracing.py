import asyncio

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from gennet_service_kit.database.connections import Database
from gennet_service_kit.database.errors import DatabaseUnavailableError
from gennet_service_kit.database.settings import PostgresSettings
from gennet_service_kit.database.spans import summary_of

from .statements import add

pytestmark = pytest.mark.anyio


def the_only(spans: InMemorySpanExporter, name: str) -> ReadableSpan:
    [span] = [span for span in spans.get_finished_spans() if span.name == name]
    return span


async def test_a_statement_is_a_span_of_its_request_without_values(
    database: Database, shared_postgres: PostgresSettings, spans: InMemorySpanExporter
) -> None:
    spans.clear()
    with trace.get_tracer("test").start_as_current_span("request") as request:
        await add(database, 7_654_321)

    span = the_only(spans, "INSERT numbers")
    assert span.kind == SpanKind.CLIENT
    assert span.parent == request.get_span_context()
    assert span.attributes == {
        "db.system.name": "postgresql",
        "db.namespace": shared_postgres.database,
        "db.query.summary": "INSERT numbers",
        "db.query.text": "INSERT INTO numbers VALUES ($1)",
        "server.address": shared_postgres.host,
        "server.port": shared_postgres.port,
    }
    assert "7654321" not in "".join(span.to_json() for span in spans.get_finished_spans())


async def test_a_statement_that_fails_has_the_server_s_code(
    database: Database, spans: InMemorySpanExporter
) -> None:
    await add(database, 1)
    with pytest.raises(DBAPIError):
        await add(database, 1)

    span = spans.get_finished_spans()[-1]
    assert span.attributes is not None
    assert span.status.status_code is StatusCode.ERROR
    assert span.attributes["db.response.status_code"] == "23505"
    assert span.attributes["error.type"] == "23505"


async def test_a_statement_without_an_answer_is_a_span_that_ends(
    narrow: Database, spans: InMemorySpanExporter
) -> None:
    with pytest.raises(DatabaseUnavailableError):
        async with narrow.transaction() as connection:
            await connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    started = asyncio.Event()

    async def wait() -> None:
        async with narrow.transaction() as connection:
            await connection.execute(text("SELECT 1"))
            started.set()
            await connection.execute(text("SELECT pg_sleep(0.4) FROM numbers"))

    await add(narrow, 1)
    task = asyncio.create_task(wait())
    await started.wait()
    task.cancel()
    await asyncio.wait([task])

    failed = [span for span in spans.get_finished_spans() if not span.status.is_ok]
    assert [(span.attributes or {})["error.type"] for span in failed] == ["08003", "CancelledError"]


async def test_readiness_makes_no_spans(database: Database, spans: InMemorySpanExporter) -> None:
    spans.clear()
    await database.check()

    assert spans.get_finished_spans() == ()


@pytest.mark.parametrize(
    ("statement", "summary"),
    [
        ("select id from items where name = $1", "SELECT items"),
        ('DELETE FROM "order" WHERE id = 1', "DELETE order"),
        ("UPDATE shop.items SET name = 'x'", "UPDATE shop.items"),
        ("INSERT INTO items (id) VALUES ($1)", "INSERT items"),
        ("LOCK TABLE ONLY items IN SHARE MODE", "LOCK items"),
        ("WITH gone AS (DELETE FROM items) SELECT 1", "WITH items"),
        ("SELECT 1", "SELECT"),
        (";", "statement"),
        ("", "statement"),
    ],
)
def test_a_span_is_named_after_the_operation_and_its_table(statement: str, summary: str) -> None:
    assert summary_of(statement) == summary
