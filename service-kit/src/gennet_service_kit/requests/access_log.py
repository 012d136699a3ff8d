"""The line that the log has for every request."""

import logging
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from json.encoder import encode_basestring_ascii as quoted

import structlog
from structlog.contextvars import get_contextvars

from ..logs import JsonLines
from .context import RequestContext

NAME = "gennet_service_kit.requests"

logger = logging.getLogger(NAME)
root = logging.getLogger()
log = structlog.stdlib.get_logger(NAME)


@dataclass(slots=True)
class Line:
    """What is logged of a request."""

    context: RequestContext
    method: str
    path: str
    status: int | None
    """None where there was no answer."""
    duration_ms: float
    reason: str | None
    """Why the request was refused or given up before or instead of its route."""


def log_request(line: Line, level: int) -> None:
    """Logs a request.

    The line is formatted here where this process logs as `configure_logging` set it up: passing
    every request through all processors costs as much as a third of answering it. Anything else
    that listens to the log, such as a handler of a library, and anything that the route bound to it
    gets the line as any other event.
    """
    if not logger.isEnabledFor(level):
        return
    listening = [*logger.handlers, *root.handlers]
    if len(listening) == 1 and isinstance(listening[0], JsonLines) and not get_contextvars():
        listening[0].write_line(formatted(line, level, listening[0].fields_json, time.time()))
        return
    reason = {} if line.reason is None else {"reason": line.reason}
    log.log(
        level,
        "request",
        method=line.method,
        path=line.path,
        status=line.status,
        duration_ms=line.duration_ms,
        **reason,
    )


def formatted(line: Line, level: int, fields_json: str, now: float) -> str:
    """Returns what the processors of `configure_logging` make of the line."""
    context = line.context
    # Ids are letters and digits: `context_of` lets nothing else in.
    ids = f'"request_id": "{context.request_id}"'
    if context.trace_id is not None:
        ids += f', "trace_id": "{context.trace_id}"'
    if context.span_id is not None:
        ids += f', "span_id": "{context.span_id}"'
    elif context.parent_span_id is not None:
        ids += f', "parent_span_id": "{context.parent_span_id}"'
    reason = "" if line.reason is None else f'"reason": {quoted(line.reason)}, '
    status = "null" if line.status is None else line.status
    return (
        f'{{"method": {quoted(line.method)}, "path": {quoted(line.path)}, "status": {status}, '
        f'"duration_ms": {line.duration_ms}, {reason}"event": "request", {ids}, '
        f'"level": "{"debug" if level == logging.DEBUG else "info"}", "logger": "{NAME}", '
        f'"timestamp": "{second_of(int(now))}.{int(now % 1 * 1_000_000):06d}Z", {fields_json}}}'
    )


@lru_cache(maxsize=2)
def second_of(seconds: int) -> str:
    """Returns a second of the epoch as ISO 8601 without its zone; most requests share theirs."""
    return datetime.fromtimestamp(seconds, UTC).isoformat()[:19]
