"""Spans of statements, by OpenTelemetry's conventions for clients of PostgreSQL."""

import re
from typing import Any

from opentelemetry import trace
from opentelemetry.trace import Span, SpanKind, StatusCode
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import ExceptionContext

from .reasons import sqlstate_of
from .settings import PostgresSettings

# https://opentelemetry.io/docs/specs/semconv/database/postgresql/
tracer = trace.get_tracer(__name__, schema_url="https://opentelemetry.io/schemas/1.36.0")

TABLE = re.compile(r'\b(?:FROM|INTO|UPDATE|TABLE)\s+(?:ONLY\s+)?("[^"]+"|[\w.]+)', re.IGNORECASE)
WORD = re.compile(r"\s*(\w+)")
SPAN = "gennet_span"


def trace_statements(engine: Engine, settings: PostgresSettings) -> None:
    """Makes a span of each statement, with its text but without its parameters."""
    where: dict[str, str | int] = {
        "db.system.name": "postgresql",
        "db.namespace": settings.database,
        "server.address": settings.host,
        "server.port": settings.port,
    }

    def begin(connection: Connection, _: Any, statement: str, *__: Any) -> None:
        summary = summary_of(statement)
        what = {"db.query.summary": summary, "db.query.text": statement}
        connection.info[SPAN] = tracer.start_span(
            summary, kind=SpanKind.CLIENT, attributes={**where, **what}
        )

    def end(connection: Connection, *_: Any) -> None:
        connection.info.pop(SPAN).end()

    def fail(context: ExceptionContext) -> None:
        connection = context.connection
        if connection is None or connection.invalidated:
            return
        span: Span | None = connection.info.pop(SPAN, None)
        if span is not None:
            error = context.original_exception
            code = sqlstate_of(error)
            if code:
                span.set_attribute("db.response.status_code", code)
            span.set_attribute("error.type", code or type(error).__qualname__)
            span.set_status(StatusCode.ERROR)
            span.end()

    event.listen(engine, "before_cursor_execute", begin)
    event.listen(engine, "after_cursor_execute", end)
    event.listen(engine, "handle_error", fail)


def summary_of(statement: str) -> str:
    """Returns the operation and its table, such as "INSERT items"."""
    word = WORD.match(statement)
    operation = word[1].upper() if word else "statement"
    table = TABLE.search(statement)
    return f"{operation} {table[1].strip(chr(34))}" if table else operation
