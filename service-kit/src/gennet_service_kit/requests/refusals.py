"""Why requests are answered without, or in spite of, their route."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from starlette.exceptions import HTTPException

RETRY_SOON = {"retry-after": "1"}


@dataclass(frozen=True)
class Refusal:
    """The answer to a request that is refused or given up."""

    status: HTTPStatus
    detail: str | None = None
    """For the caller."""
    reason: str | None = None
    """For the request's line in the log."""
    headers: Mapping[str, str] = field(default_factory=dict)
    closes: bool = False
    """Whether the connection is closed: what is left of the body is then not read."""
    lingers: bool = False
    """Whether the connection is closed a moment later, since its client is still sending."""


TOO_LARGE = Refusal(
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "The body of the request is too large.",
    "body too large",
    closes=True,
    lingers=True,
)
TOO_SLOW = Refusal(
    HTTPStatus.REQUEST_TIMEOUT,
    "The body of the request did not arrive in time.",
    "body too slow",
    closes=True,
)
TOO_MANY = Refusal(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "The service has too many requests at the moment.",
    "too many requests",
    RETRY_SOON,
)
TOO_MUCH = Refusal(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "The service has too many large requests at the moment.",
    "too many bytes buffered",
    RETRY_SOON,
    closes=True,
    lingers=True,
)
TOO_LATE = Refusal(
    HTTPStatus.GATEWAY_TIMEOUT, "The time for the request is over.", "deadline passed"
)
FAILED = Refusal(HTTPStatus.INTERNAL_SERVER_ERROR)
STOPPING = Refusal(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "The service is stopping.",
    "stopped",
    RETRY_SOON,
    closes=True,
)


class RefusedError(HTTPException):
    """Raised where a route reads a body that is refused."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.status, refusal.detail, dict(refusal.headers))
        self.refusal = refusal
