"""The methods of HTTP, and those of a path."""

from fastapi.routing import iter_route_contexts
from starlette.requests import Request
from starlette.routing import Match

METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")


def allowed_methods(request: Request) -> list[str]:
    """Returns all methods of the request's path; the framework names those of its first route only.

    Where several paths of the service fit, it is the first one, as it is for the request.
    """
    routes = [
        route
        for route in iter_route_contexts(request.app.routes)
        if route.matches(request.scope)[0] is not Match.NONE
    ]
    methods = {
        method
        for route in routes
        if route.path_format == routes[0].path_format
        for method in route.methods or ()
    }
    return [method for method in METHODS if method in methods]
