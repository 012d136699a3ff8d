"""What every request gets: its ids, its line in the log, and an answer even when the code fails."""

import re
import time
from http import HTTPStatus
from uuid import uuid4

import structlog
from opentelemetry import trace
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .problems import ProblemResponse

REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")
# https://www.w3.org/TR/trace-context/#traceparent-header
TRACEPARENT = re.compile(r"[0-9a-f]{2}-(?P<trace>[0-9a-f]{32})-(?P<span>[0-9a-f]{16})-[0-9a-f]{2}")
QUIET = ("/health/", "/metrics")

log = structlog.stdlib.get_logger(__name__)


class RequestMiddleware:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        ids = ids_of(Headers(scope=scope))
        scope.setdefault("state", {}).update(ids)
        started = time.perf_counter()
        status: int | None = None

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["x-request-id"] = ids["request_id"]
            await send(message)

        with structlog.contextvars.bound_contextvars(**ids):
            try:
                await self.app(scope, receive, send_with_id)
            except Exception:
                log.exception("request failed")
                # An answer that has begun cannot be undone: the server cuts the connection.
                if status is not None:
                    raise
                response = ProblemResponse(scope, HTTPStatus.INTERNAL_SERVER_ERROR)
                await response(scope, receive, send_with_id)
            finally:
                say = log.debug if scope["path"].startswith(QUIET) else log.info
                say(
                    "request",
                    method=scope["method"],
                    path=scope["path"],
                    status=status,
                    duration_ms=round((time.perf_counter() - started) * 1000, 2),
                )


def ids_of(headers: Headers) -> dict[str, str]:
    """The ids of the request and of its trace; a request id is made up where none came."""
    request_id = headers.get("x-request-id", "")
    ids = {"request_id": request_id if REQUEST_ID.fullmatch(request_id) else uuid4().hex}
    span = trace.get_current_span().get_span_context()
    if span.is_valid:
        ids |= {
            "trace_id": trace.format_trace_id(span.trace_id),
            "span_id": trace.format_span_id(span.span_id),
        }
    elif parent := TRACEPARENT.fullmatch(headers.get("traceparent", "")):
        ids |= {"trace_id": parent["trace"], "parent_span_id": parent["span"]}
    return ids
