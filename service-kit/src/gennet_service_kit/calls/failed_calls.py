"""How requests are answered that failed because of a call."""

import math
from http import HTTPStatus

import httpx
from fastapi import FastAPI, Request

from ..problems import ProblemResponse
from .errors import CircuitOpenError
from .explanation import explain
from .retry_after import retry_after

AWAY = "A service behind this one is not available at the moment."
LONGEST_RETRY_AFTER = 3600
"""Seconds: whatever a target asks for, callers of this service try again within an hour."""


def install_call_problem_handlers(app: FastAPI) -> None:
    """Answers 502, 503 or 504 for any httpx.HTTPError, with its reason in the log.

    The reason is not in the answer: which service failed is not the caller's business.
    """

    @app.exception_handler(httpx.HTTPError)
    async def failed(request: Request, error: httpx.HTTPError) -> ProblemResponse:
        explain_error(error)
        status, detail, wait = answer_to(error)
        headers = {} if wait is None else {"retry-after": whole_seconds(wait)}
        return ProblemResponse(request.scope, status, detail, headers=headers)


def answer_to(error: httpx.HTTPError) -> tuple[HTTPStatus, str, float | None]:
    """Returns status, detail and the seconds after which the caller may try again."""
    match error:
        case CircuitOpenError():
            return HTTPStatus.SERVICE_UNAVAILABLE, AWAY, error.retry_after
        case httpx.PoolTimeout():
            detail = "This service is waiting for too many answers at the moment."
            return HTTPStatus.SERVICE_UNAVAILABLE, detail, 1
        case httpx.TimeoutException():
            return HTTPStatus.GATEWAY_TIMEOUT, "A service behind this one took too long.", None
        case httpx.HTTPStatusError() if wait := asked_wait(error.response):
            return HTTPStatus.SERVICE_UNAVAILABLE, AWAY, wait
        case _:
            return HTTPStatus.BAD_GATEWAY, "A service behind this one failed.", None


def asked_wait(response: httpx.Response) -> float:
    """Returns how long an overloaded target wants to be left alone, or 0."""
    overloaded = response.status_code in (
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.SERVICE_UNAVAILABLE,
    )
    return retry_after(response) if overloaded else 0.0


def whole_seconds(seconds: float) -> str:
    """Returns seconds as Retry-After has them."""
    return str(max(1, math.ceil(min(seconds, LONGEST_RETRY_AFTER))))


def explain_error(error: httpx.HTTPError) -> None:
    """Logs what the layers of the call could not know: that its answer was of no use."""
    try:
        request = error.request
    except RuntimeError:
        # Errors made without a request do not come from a call of Outgoing.
        return
    explain(request, error)
