"""Why a call to another service did not work out, and what our own caller hears of it."""

import math
from http import HTTPStatus

import httpx
from fastapi import FastAPI, Request

from ..problems import ProblemResponse


class CircuitOpenError(httpx.TransportError):
    """The call was not made: its target failed too often a moment ago."""

    def __init__(self, target: str, retry_after: float) -> None:
        super().__init__(f"{target} is not available at the moment.")
        self.retry_after = retry_after


class DeadlineError(httpx.TimeoutException):
    """The call was not made: there is no time left for it."""


def install_call_problem_handlers(app: FastAPI) -> None:
    # The details are for the log: which service failed is not the caller's business.
    @app.exception_handler(CircuitOpenError)
    async def circuit_open(request: Request, error: CircuitOpenError) -> ProblemResponse:
        return ProblemResponse(
            request.scope,
            HTTPStatus.SERVICE_UNAVAILABLE,
            str(error),
            headers={"retry-after": str(max(1, math.ceil(error.retry_after)))},
        )

    @app.exception_handler(httpx.TimeoutException)
    async def timeout(request: Request, _: httpx.TimeoutException) -> ProblemResponse:
        detail = "A service behind this one took too long."
        return ProblemResponse(request.scope, HTTPStatus.GATEWAY_TIMEOUT, detail)

    @app.exception_handler(httpx.HTTPError)
    async def failed(request: Request, _: httpx.HTTPError) -> ProblemResponse:
        detail = "A service behind this one failed."
        return ProblemResponse(request.scope, HTTPStatus.BAD_GATEWAY, detail)
