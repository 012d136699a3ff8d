"""The log: one JSON object per line, for the service's own loggers and for those of libraries."""

import json
import logging
from collections.abc import Mapping
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor

from .requests.context import current
from .settings import ServiceSettings


class JsonLines(logging.StreamHandler[TextIO]):
    """Writes records as JSON, and lines that are JSON already."""

    def __init__(self, stream: TextIO, fields: Mapping[str, str]) -> None:
        super().__init__(stream)
        self.fields_json = json.dumps(dict(fields))[1:-1]
        """What every line ends with: service, environment and region."""

    def write_line(self, line: str) -> None:
        """Writes one JSON object, without a record: for the one line that every request has."""
        self.acquire()
        try:
            self.stream.write(line + self.terminator)
            self.flush()
        except Exception:
            # As for a record: a log that cannot be written fails no request.
            self.handleError(logging.makeLogRecord({"msg": "a line of JSON"}))
        finally:
            self.release()


def configure_logging(settings: ServiceSettings, name: str, stream: TextIO) -> None:
    """Sends all logs of the process to `stream`; `name` is the service's."""
    fields = {
        "service": name,
        "environment": settings.environment,
        "region": settings.region,
    }

    def name_service(_: object, __: str, event: EventDict) -> EventDict:
        event.update(fields)
        return event

    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        add_request_ids,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        name_service,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    handler = JsonLines(stream, fields)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    logging.basicConfig(level=settings.log_level.upper(), handlers=[handler], force=True)
    # It logs every call at the level info; failed ones are logged where they are made.
    logging.getLogger("httpx").setLevel(logging.WARNING)


def add_request_ids(_: object, __: str, event: EventDict) -> EventDict:
    """Adds the ids of the request that is being answered."""
    context = current.get()
    if context is not None:
        for name, value in context.ids().items():
            event.setdefault(name, value)
    return event
