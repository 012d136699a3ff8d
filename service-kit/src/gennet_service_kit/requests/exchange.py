"""One request and its answer."""

import asyncio
from collections.abc import Callable
from contextvars import Token
from typing import cast

import structlog
from opentelemetry.context import Context
from opentelemetry.trace import Span
from starlette.types import Message, Scope, Send

from ..problems import ProblemResponse
from .body import Body
from .context import RequestContext
from .headers import CLOSE, answer_headers
from .refusals import FAILED, TOO_LATE, TOO_SLOW, Refusal, RefusedError

log = structlog.stdlib.get_logger(__name__)


class Exchange:
    """Sends the answer to one request, and ends the work for it when its time is over."""

    __slots__ = (
        "_cancellations",
        "_cancelled_before",
        "_finish",
        "_late_answer",
        "_send",
        "_task",
        "abandoned",
        "body",
        "complete",
        "context",
        "expired",
        "over",
        "probe",
        "refusal",
        "scope",
        "span",
        "span_token",
        "started",
        "status",
        "time_left",
    )

    def __init__(
        self,
        scope: Scope,
        send: Send,
        context: RequestContext,
        body: Body | None,
        started: float,
        time_left: float | None,
        probe: bool,
        finish: Callable[["Exchange"], None],
    ) -> None:
        self.scope = scope
        self.context = context
        self.body = body
        self.started = started
        self.time_left = time_left
        self.probe = probe
        self.span: Span | None = None
        self.span_token: Token[Context] | None = None
        self.status: int | None = None
        """Known from when the answer begins."""
        self.complete = False
        """Whether the whole answer was sent; background work may still run."""
        self.over = False
        """Whether the route has returned."""
        self.refusal: Refusal | None = None
        self.expired = False
        """Whether its time was over before it was answered."""
        self.abandoned = False
        """Whether the route took no notice of that, and what it sends is too late."""
        self._send = send
        self._finish = finish
        self._task = cast("asyncio.Task[None]", asyncio.current_task())
        self._cancellations = 0
        self._cancelled_before = 0
        self._late_answer: asyncio.Task[None] | None = None
        """The answer to a request whose route takes no notice of its end."""

    @property
    def unanswered(self) -> bool:
        """Whether neither the answer nor the end of the work has begun."""
        return self.status is None and not self.expired

    async def send(self, message: Message) -> None:
        """Sends a part of the route's answer."""
        if not self.abandoned:
            await self._transmit(message)

    async def refuse(self, refusal: Refusal) -> None:
        """Answers in place of the route."""
        self.refusal = refusal
        headers = dict(refusal.headers)
        response = ProblemResponse(self.scope, refusal.status, refusal.detail, headers=headers)
        await response(self.scope, disconnected, self._transmit)

    async def conclude(self) -> None:
        """Makes sure that there is an answer, after the route has returned."""
        self.over = True
        if self._late_answer is not None:
            await self._late_answer
        elif self.status is None:
            log.error("route without an answer")
            await self.refuse(FAILED)
        elif not self.complete:
            # The server notices it too, and cuts the connection.
            log.error("answer broke off")

    async def conclude_late(self) -> None:
        """Answers a request whose time is over, after its route has ended."""
        self.over = True
        if self._late_answer is not None:
            await self._late_answer
        elif self.status is None:
            await self.refuse(self._lateness)
        elif not self.complete:
            raise TimeoutError("the deadline passed while the answer was sent")

    async def conclude_failed(self, error: BaseException) -> None:
        """Answers a request whose route has raised; raises it again where an answer has begun."""
        self.over = True
        if isinstance(error, RefusedError) and self.status is None:
            await self.refuse(error.refusal)
            return
        log.error("request failed", exc_info=error)
        if self.expired and self.settle():
            await self.conclude_late()
        elif self.status is None:
            await self.refuse(FAILED)
        elif not self.complete:
            # An answer that has begun cannot be undone: the server cuts the connection.
            raise error

    async def _transmit(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            # A member of HTTPStatus would be one in the log and in metrics too.
            self.status = status = int(message["status"])
            if self.refusal is None and self.body is not None:
                self.refusal = self.body.refusal
            raw = message.get("headers", ())
            headers = answer_headers(raw, status, self.context.request_id)
            if self.refusal is not None and self.refusal.closes:
                headers.append(CLOSE)
            await self._send({**message, "headers": headers})
        elif message.get("more_body", False) or message["type"] != "http.response.body":
            await self._send(message)
        else:
            if self.refusal is not None and self.refusal.lingers and self.body is not None:
                await self._send({**message, "more_body": True})
                await self.body.drain()
                message = {"type": "http.response.body"}
            await self._send(message)
            self.complete = True
            self._finish(self)

    @property
    def _lateness(self) -> Refusal:
        return TOO_SLOW if self.body is not None and self.body.waiting else TOO_LATE

    def end(self) -> bool:
        """Cancels the route, and answers in its place where it takes no notice.

        Returns whether there is work left to end.
        """
        if self.over or (self.complete and not self.abandoned):
            return False
        if not self.expired:
            self.expired = True
            self._cancelled_before = self._task.cancelling()
        elif not self.abandoned:
            self.abandoned = True
            if self.status is None:
                self._late_answer = asyncio.create_task(self.refuse(self._lateness))
        self._cancellations += 1
        self._task.cancel()
        return True

    @property
    def cancelled(self) -> bool:
        """Whether something else than `end` has cancelled it, such as the server that stops."""
        return self._task.cancelling() > 0

    def settle(self) -> bool:
        """Reverts the cancellations by `end`. Returns whether there was no other one."""
        ended = self._cancellations > 0
        for _ in range(self._cancellations):
            self._task.uncancel()
        self._cancellations = 0
        return ended and self._task.cancelling() <= self._cancelled_before


async def disconnected() -> Message:
    """Returns that no more of a request comes."""
    return {"type": "http.disconnect"}
