"""Every error as application/problem+json (RFC 9457)."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError, ResponseValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Scope

from .methods import allowed_methods

MEDIA_TYPE = "application/problem+json"
# Answers with these have no body: https://www.rfc-editor.org/rfc/rfc9110#section-15
WITHOUT_BODY = (HTTPStatus.NO_CONTENT, HTTPStatus.RESET_CONTENT, HTTPStatus.NOT_MODIFIED)

log = structlog.stdlib.get_logger(__name__)


class Problem(BaseModel):
    """What is wrong with a request or its answer."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str | None = None
    instance: str
    request_id: str | None = None
    errors: list[dict[str, str]] | None = None


PROBLEM_RESPONSES: dict[int | str, dict[str, Any]] = {
    "default": {
        "description": "What went wrong",
        "content": {MEDIA_TYPE: {"schema": Problem.model_json_schema()}},
    }
}


class DomainError(Exception):
    """Something the domain does not allow; its message is for the caller."""

    status = HTTPStatus.BAD_REQUEST


class NotFoundError(DomainError):
    """There is no such thing."""

    status = HTTPStatus.NOT_FOUND


class ConflictError(DomainError):
    """It contradicts what there is already."""

    status = HTTPStatus.CONFLICT


class UnavailableError(DomainError):
    """What the service cannot work without is unreachable; its cause is for the log."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    retry_after = 1
    """Seconds after which the caller may try again."""


class ProblemResponse(JSONResponse):
    """The answer to a request that failed."""

    media_type = MEDIA_TYPE

    def __init__(
        self,
        scope: Scope,
        status: int,
        detail: str | None = None,
        errors: list[dict[str, str]] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        problem = Problem(
            title=phrase_of(status),
            status=status,
            detail=detail,
            instance=scope["path"],
            request_id=scope.get("state", {}).get("request_id"),
            errors=errors,
        )
        super().__init__(problem.model_dump(exclude_none=True), status, headers=headers)


def install_problem_handlers(app: FastAPI) -> None:
    """Makes the application answer with problems; the log has what those with 5xx leave out."""

    @app.exception_handler(DomainError)
    async def domain(request: Request, error: DomainError) -> ProblemResponse:
        if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            explain(error, str(error))
        wait = error.retry_after if isinstance(error, UnavailableError) else None
        headers = {} if wait is None else {"retry-after": str(wait)}
        return ProblemResponse(request.scope, error.status, str(error), headers=headers)

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> Response:
        status = error.status_code
        headers = dict(error.headers or {})
        if status in WITHOUT_BODY:
            return Response(status_code=status, headers=headers)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            explain(error, str(error.detail))
        if status == HTTPStatus.METHOD_NOT_ALLOWED:
            headers = {"allow": ", ".join(allowed_methods(request))}
        detail = None if error.detail == phrase_of(status) else str(error.detail)
        return ProblemResponse(request.scope, status, detail, headers=headers)

    @app.exception_handler(RequestValidationError)
    async def validation(request: Request, error: RequestValidationError) -> ProblemResponse:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return ProblemResponse(
            request.scope, status, "The request is not valid.", errors_of(error.errors())
        )

    @app.exception_handler(ResponseValidationError)
    async def answer(request: Request, error: ResponseValidationError) -> ProblemResponse:
        # Its own message has the whole answer, which is a user's.
        log.error("answer does not fit its model", errors=errors_of(error.errors()))
        return ProblemResponse(request.scope, HTTPStatus.INTERNAL_SERVER_ERROR)


def phrase_of(status: int) -> str:
    """Returns what a status is called; nothing for one that has no name."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def errors_of(errors: Any) -> list[dict[str, str]]:
    """Returns where a value is wrong and why, without the value: it may be a secret."""
    return [
        {"at": "/".join(str(part) for part in each["loc"]), "message": each["msg"]}
        for each in errors
    ]


def explain(error: Exception, reason: str) -> None:
    """Logs why a request is answered with a 5xx, under its id."""
    cause = error.__cause__ or error.__context__
    # The first line only: drivers add the values of the statement to what follows.
    details = (
        {} if cause is None else {"cause": f"{type(cause).__qualname__}: {cause}".split("\n")[0]}
    )
    log.warning("request failed", reason=reason, **details)
