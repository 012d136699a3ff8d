"""The Idempotency-Key of a request."""

import hashlib
import re
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Request

from ..requests.routes import route_of

KEPT_SECONDS = 24 * 60 * 60

# As a string of RFC 8941, which the header is by its draft, or without the quotes.
PATTERN = r'^("[!#-~]{1,255}"|[!#-~]{1,255})$'
HELP = "With it the request has its effect once, however often it is sent within a day."

# Where Istio's sidecar names the caller, the last one is the one that it has verified itself.
CALLER = re.compile(r"\bURI=([^;,\"]+)")


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """The key of a request, as a store of keys needs it."""

    id: bytes
    """Of the key, the route and the caller, where that is known: 32 bytes."""
    fingerprint: bytes
    """Of the request itself, with its body: 32 bytes."""


async def key_of(request: Request, header: str, caller: str) -> IdempotencyKey:
    """Returns the key of a request; `caller` is the same for all requests of one caller."""
    route = route_of(request.scope) or request.url.path
    sent = (request.method, request.url.path, request.url.query)
    return IdempotencyKey(
        id=digest(request.method, route, caller, header.strip('"')),
        fingerprint=digest(*sent, await request.body()),
    )


async def idempotency_key(
    request: Request,
    header: Annotated[
        str | None, Header(alias="Idempotency-Key", pattern=PATTERN, description=HELP)
    ] = None,
) -> IdempotencyKey | None:
    """Returns the key of the request, None where it has none; a FastAPI dependency."""
    return None if header is None else await key_of(request, header, caller_of(request))


UsesIdempotencyKey = Annotated[IdempotencyKey | None, Depends(idempotency_key)]
"""The type of a route's parameter."""


def caller_of(request: Request) -> str:
    """Returns the identity of the calling service in the mesh; nothing where it has none."""
    names: list[str] = CALLER.findall(request.headers.get("x-forwarded-client-cert", ""))
    return names[-1] if names else ""


def digest(*parts: str | bytes) -> bytes:
    """Returns 32 bytes that are other ones if any part is."""
    total = hashlib.sha256()
    for part in parts:
        content = part.encode() if isinstance(part, str) else part
        total.update(len(content).to_bytes(8))
        total.update(content)
    return total.digest()
