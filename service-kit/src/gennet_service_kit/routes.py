"""Adds routes to an application so that they are found soon, and are all found."""

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.routing import Match
from starlette.types import Scope

# What a route was declared with; its router's part is in it.
DECLARATION = (
    *("response_model", "status_code", "tags", "dependencies", "summary", "description"),
    *("response_description", "responses", "deprecated", "methods", "operation_id"),
    *("response_model_include", "response_model_exclude", "response_model_by_alias"),
    *("response_model_exclude_unset", "response_model_exclude_defaults"),
    *("response_model_exclude_none", "include_in_schema", "response_class", "name", "callbacks"),
    *("openapi_extra", "generate_unique_id_function", "strict_content_type", "max_body_size"),
)


def add_routes(app: FastAPI, router: APIRouter) -> None:
    """Adds the routes of a router to the application itself.

    FastAPI finds those of an included router by searching through all routers twice, which takes a
    third as long as all else that it does for a request. Where there is more to a router than plain
    routes, it is included all the same.
    """
    routes = [route for route in router.routes if type(route) is APIRoute]
    if len(routes) < len(router.routes):
        app.include_router(router)
        return
    for route in routes:
        declaration = {name: getattr(route, name) for name in DECLARATION}
        app.router.add_api_route(
            route.path, route.endpoint, form_limits=route.form_limits or None, **declaration
        )


def require_reachable(app: FastAPI) -> None:
    """Raises ValueError where a route takes the requests of a later one with a fixed path."""
    routes = list(iter_route_contexts(app.routes))
    for number, route in enumerate(routes):
        if route.path is None or "{" in route.path:
            continue
        for method in route.methods or ():
            scope: Scope = {"type": "http", "method": method, "path": route.path, "headers": []}
            for earlier in routes[:number]:
                if earlier.matches(scope)[0] is Match.FULL:
                    message = f"the route {earlier.path} takes the requests of {route.path}"
                    raise ValueError(message)
