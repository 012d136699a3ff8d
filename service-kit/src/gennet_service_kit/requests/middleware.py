"""What every request gets: its ids, its limits, its line in the log, and an answer."""

import asyncio
import logging
import time
from typing import cast

import structlog
from opentelemetry import context as otel
from starlette.types import ASGIApp, Receive, Scope, Send

from ..clock import Clock
from ..metrics import Labels, Metrics
from ..settings import ServiceSettings
from .access_log import Line, log_request
from .body import Body, Buffers
from .context import current
from .exchange import Exchange
from .headers import body_bytes, context_of, time_left
from .refusals import STOPPING, TOO_LARGE, TOO_LATE, TOO_MANY, Refusal
from .routes import route_of
from .running import Running
from .spans import METHODS, OTHER, ServerSpans

PROBES = ("/health/", "/metrics")

log = structlog.stdlib.get_logger(__name__)


class RequestMiddleware:
    """The one layer between the server and the application.

    It is one on purpose: each layer more that wraps `receive` and `send` is paid by every request.
    """

    def __init__(self, settings: ServiceSettings, clock: Clock = time.monotonic) -> None:
        self.running = Running[Exchange](settings.request_seconds, clock)
        self.metrics = Metrics(active=self.running.__len__)
        self.spans: ServerSpans | None = None
        """Set where this process makes traces."""
        self._settings = settings
        self._buffers = Buffers(max(settings.max_buffered_bytes, settings.max_body_bytes))
        self._clock = clock
        self._app: ASGIApp | None = None

    def wrap(self, app: ASGIApp) -> "RequestMiddleware":
        """Puts itself in front of an application."""
        self._app = app
        return self

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request; other connections are the application's alone."""
        app = cast("ASGIApp", self._app)
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        exchange, refusal = self._begin(scope, receive, send)
        token = current.set(exchange.context)
        try:
            if refusal is not None:
                exchange.over = True
                await exchange.refuse(refusal)
            else:
                body = exchange.body
                await app(scope, receive if body is None else body.receive, exchange.send)
                if exchange.complete:
                    exchange.over = True
                else:
                    await exchange.conclude()
        except Exception as error:
            await exchange.conclude_failed(error)
        except asyncio.CancelledError as error:
            exchange.over = True
            if exchange.settle():
                await exchange.conclude_late()
            elif exchange.cancelled:
                # The server stops, and waits no longer.
                if exchange.status is None:
                    await exchange.refuse(STOPPING)
                raise
            else:
                # The route has waited for something that was cancelled, which it is not itself.
                await exchange.conclude_failed(error)
        finally:
            self._end(exchange)
            current.reset(token)

    def _begin(self, scope: Scope, receive: Receive, send: Send) -> tuple[Exchange, Refusal | None]:
        """Returns a request, and why it is refused before its route is found."""
        settings = self._settings
        started = self._clock()
        raw = scope["headers"]
        headers: dict[bytes, bytes] = dict(raw)
        context = context_of(headers, raw)
        length = body_bytes(headers)
        body = None
        if length != 0:
            body = Body(receive, settings.max_body_bytes, self._buffers)
        left = time_left(headers)
        seconds = settings.request_seconds
        context.deadline = started + (seconds if left is None else min(left, seconds))
        probe = scope["path"].startswith(PROBES)
        exchange = Exchange(scope, send, context, body, started, left, probe, self._finish)
        self.running.add(exchange)
        if self.spans is not None and not probe:
            exchange.span, exchange.span_token = self.spans.begin(
                known(scope["method"]), headers, raw, context
            )
        scope.setdefault("state", {}).update(context.ids())
        if length is not None and length > settings.max_body_bytes:
            return exchange, TOO_LARGE
        if left == 0:
            return exchange, TOO_LATE
        if len(self.running) > settings.max_requests and not probe:
            return exchange, TOO_MANY
        return exchange, None

    def _finish(self, exchange: Exchange) -> None:
        """Counts and logs a request: its answer is complete, or there will be none."""
        seconds = self._clock() - exchange.started
        self.running.lift(exchange)
        scope, status = exchange.scope, exchange.status
        method, route = known(scope["method"]), route_of(scope)
        path: str = scope["path"]
        probe = exchange.probe
        labels = Labels(method, route, status, scope["scheme"], scope["http_version"], probe)
        durations = self.metrics.requests.observe(labels, seconds)
        span = exchange.span
        if span is not None and self.spans is not None and span.is_recording():
            self.spans.end(span, scope, method, route, status)
            ids = span.get_span_context()
            durations.note(seconds, ids.trace_id, ids.span_id)
        ms = round(seconds * 1000, 2)
        reason = None if exchange.refusal is None else exchange.refusal.reason
        line = Line(exchange.context, scope["method"], path, status, ms, reason)
        log_request(line, logging.DEBUG if probe else logging.INFO)

    def _end(self, exchange: Exchange) -> None:
        """Releases what a request held, after its background work."""
        if not exchange.complete:
            self._finish(exchange)
        if exchange.body is not None:
            exchange.body.release()
        exchange.settle()
        self.running.remove(exchange)
        if exchange.span_token is not None:
            otel.detach(exchange.span_token)


def known(method: str) -> str:
    """Returns a method by which requests are counted: methods are the caller's to invent."""
    return method if method in METHODS else OTHER
