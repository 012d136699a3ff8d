"""What is known about the request that is being answered."""

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(slots=True)
class RequestContext:
    """One request; calls made for it hand this on to their targets."""

    request_id: str
    """The caller's, or made up: 1 to 128 of letters, digits, dot, underscore and dash."""
    traceparent: str | None = None
    """The W3C trace context as it came, where it was valid."""
    tracestate: str | None = None
    deadline: float | None = None
    """When the answer must be there, on the clock of time.monotonic."""


current: ContextVar[RequestContext | None] = ContextVar("gennet_request", default=None)
"""The request of this task; None outside of requests."""
