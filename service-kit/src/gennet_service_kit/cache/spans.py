"""Spans of commands."""

from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.trace import SpanKind, Status, StatusCode

from .errors import reason
from .settings import RedisSettings

tracer = trace.get_tracer("gennet_service_kit.cache")


@contextmanager
def command_span(name: str, settings: RedisSettings) -> Iterator[None]:
    """Makes a span of a command, without its keys and values."""
    attributes: dict[str, str | int] = {
        "db.system.name": "redis",
        "db.namespace": str(settings.database),
        "db.operation.name": name,
        "server.address": settings.host,
        "server.port": settings.port,
    }
    # What an exception of redis-py has to say may repeat what the server was sent.
    with tracer.start_as_current_span(
        name,
        kind=SpanKind.CLIENT,
        attributes=attributes,
        record_exception=False,
        set_status_on_exception=False,
    ) as span:
        try:
            yield
        except Exception as error:
            span.set_attribute("error.type", type(error).__name__)
            span.set_status(Status(StatusCode.ERROR, reason(error)))
            raise
