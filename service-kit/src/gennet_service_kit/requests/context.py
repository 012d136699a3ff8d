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
    trace_id: str | None = None
    span_id: str | None = None
    """The request's own span; None where this service makes no spans."""
    parent_span_id: str | None = None
    """The caller's span, where this service makes no spans."""

    def ids(self) -> dict[str, str]:
        """Returns the ids that every line of the log has during the request."""
        ids = {"request_id": self.request_id}
        if self.trace_id is not None:
            ids["trace_id"] = self.trace_id
        if self.span_id is not None:
            ids["span_id"] = self.span_id
        elif self.parent_span_id is not None:
            ids["parent_span_id"] = self.parent_span_id
        return ids


current: ContextVar[RequestContext | None] = ContextVar("gennet_request", default=None)
"""The request of this task; None outside of requests."""
