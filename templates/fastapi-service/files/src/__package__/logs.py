import logging
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor

from . import SERVICE
from .settings import Settings


def configure_logging(settings: Settings, stream: TextIO) -> None:
    """One JSON object per line, for our own loggers and for those of the libraries alike."""

    def name_us(_: object, __: str, event: EventDict) -> EventDict:
        event.update(service=SERVICE, environment=settings.environment, region=settings.region)
        return event

    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        name_us,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    handler = logging.StreamHandler(stream)
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
<% if (it.depends_on.length > 0) { -%>
    # It tells of every call at the level info; failed ones are told by who made them.
    logging.getLogger("httpx").setLevel(logging.WARNING)
<% } -%>
