"""What the work of a service runs its queries with."""

from typing import Any, LiteralString

from neo4j import AsyncTransaction
from neo4j.exceptions import Neo4jError
from opentelemetry import trace
from opentelemetry.trace import SpanKind, StatusCode

tracer = trace.get_tracer(__name__)


class Transaction:
    """Runs the queries of one transaction; each is a span."""

    def __init__(self, transaction: AsyncTransaction, database: str) -> None:
        self._transaction = transaction
        self._database = database

    async def run(self, query: LiteralString, **parameters: Any) -> list[dict[str, Any]]:
        """Returns the records of the answer. Values go into parameters: those are in no span."""
        operation = query.split(maxsplit=1)[0]
        # https://opentelemetry.io/docs/specs/semconv/database/database-spans/
        attributes = {
            "db.system.name": "neo4j",
            "db.namespace": self._database,
            "db.operation.name": operation,
            "db.query.text": query,
        }
        with tracer.start_as_current_span(
            f"{operation} {self._database}",
            kind=SpanKind.CLIENT,
            attributes=attributes,
            # The server's message about an error may quote values.
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                result = await self._transaction.run(query, parameters)
                return await result.data()
            except Exception as error:
                span.set_attribute("error.type", type(error).__qualname__)
                if isinstance(error, Neo4jError) and error.code:
                    span.set_attribute("db.response.status_code", error.code)
                span.set_status(StatusCode.ERROR)
                raise
