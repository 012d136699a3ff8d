"""What the headers of a request say, and the headers that every answer has."""

import os
import re
from collections.abc import Iterable

from .context import RequestContext

Header = tuple[bytes, bytes]

REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,128}")
# https://www.w3.org/TR/trace-context/#traceparent-header; ids that are all zero are not valid.
TRACEPARENT = re.compile(
    rb"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}"
)
WHOLE_NUMBER = re.compile(rb"\d{1,18}")
TIME_LEFT = b"x-time-left-ms"
MAX_TIME_LEFT_MS = 999_999_999

CLOSE: Header = (b"connection", b"close")
NO_STORE: Header = (b"cache-control", b"no-store")
# An answer is data: no browser may guess its type, run anything in it, or show it in a frame.
SECURITY: tuple[Header, ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
)
SECURITY_NAMES = frozenset(name for name, _ in SECURITY)


def context_of(headers: dict[bytes, bytes], raw: Iterable[Header]) -> RequestContext:
    """Returns the ids of a request and of its trace; a request id is made up where none came.

    `headers` are those of `raw` by name, for all that may come once only.
    """
    request_id = headers.get(b"x-request-id")
    if request_id is None or not REQUEST_ID.fullmatch(request_id):
        request_id = os.urandom(16).hex().encode()
    context = RequestContext(request_id.decode())
    traceparent = headers.get(b"traceparent")
    if traceparent is not None and (parent := TRACEPARENT.fullmatch(traceparent)):
        context.traceparent = traceparent.decode()
        context.trace_id = parent[1].decode()
        context.parent_span_id = parent[2].decode()
        if b"tracestate" in headers:
            states = (value for name, value in raw if name == b"tracestate")
            context.tracestate = b",".join(states).decode("latin-1")
    return context


def time_left(headers: dict[bytes, bytes]) -> float | None:
    """Returns the seconds that the caller gives, or None where it gives none."""
    given = headers.get(TIME_LEFT)
    if given is None or not WHOLE_NUMBER.fullmatch(given):
        return None
    return min(int(given), MAX_TIME_LEFT_MS) / 1000


def body_bytes(headers: dict[bytes, bytes]) -> int | None:
    """Returns how long the body is: 0 where there is none, None where it is not said."""
    if b"transfer-encoding" in headers:
        return None
    length = headers.get(b"content-length")
    if length is None:
        return 0
    return int(length) if WHOLE_NUMBER.fullmatch(length) else None


def answer_headers(headers: Iterable[Header], status: int, request_id: str) -> list[Header]:
    """Returns the headers of an answer with those that every answer has.

    What a route sets itself is kept, except for the request's id.
    """
    result = list(headers)
    names = {name for name, _ in result}
    if b"x-request-id" in names:
        result = [header for header in result if header[0] != b"x-request-id"]
    result.append((b"x-request-id", request_id.encode()))
    if names.isdisjoint(SECURITY_NAMES):
        result += SECURITY
    else:
        result += [header for header in SECURITY if header[0] not in names]
    if status >= 400 and b"cache-control" not in names:
        result.append(NO_STORE)
    return result
