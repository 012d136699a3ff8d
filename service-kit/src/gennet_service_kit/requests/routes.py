"""Which route a request went to."""

from starlette.types import Scope


def route_of(scope: Scope) -> str | None:
    """Returns the path of the request's route, such as /items/{item_id}, or None without one.

    Where a router was included in another one with a prefix, the route itself does not know the
    prefix; FastAPI keeps what it matched in its own part of the scope.
    """
    matched = scope.get("fastapi", {}).get("effective_route_context") or scope.get("route")
    path: str | None = getattr(matched, "path_format", None)
    return path
