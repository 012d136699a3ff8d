"""Every error as application/problem+json (RFC 9457)."""

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.types import Scope

from .methods import allowed_methods

MEDIA_TYPE = "application/problem+json"


class Problem(BaseModel):
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
    status = HTTPStatus.NOT_FOUND


class ConflictError(DomainError):
    status = HTTPStatus.CONFLICT


class UnavailableError(DomainError):
    """What the service cannot work without is away; the reason is for the log."""

    status = HTTPStatus.SERVICE_UNAVAILABLE


class ProblemResponse(JSONResponse):
    media_type = MEDIA_TYPE

    def __init__(
        self,
        scope: Scope,
        status: int,
        detail: str | None = None,
        errors: list[dict[str, str]] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        problem = Problem(
            title=HTTPStatus(status).phrase,
            status=status,
            detail=detail,
            instance=scope["path"],
            request_id=scope.get("state", {}).get("request_id"),
            errors=errors,
        )
        super().__init__(problem.model_dump(exclude_none=True), status, headers=headers)


def install_problem_handlers(app: FastAPI) -> None:
    @app.exception_handler(DomainError)
    async def domain(request: Request, error: DomainError) -> ProblemResponse:
        return ProblemResponse(request.scope, error.status, str(error))

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> ProblemResponse:
        phrase = HTTPStatus(error.status_code).phrase
        detail = None if error.detail == phrase else str(error.detail)
        headers = dict(error.headers or {})
        if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            headers = {"allow": ", ".join(allowed_methods(request))}
        return ProblemResponse(request.scope, error.status_code, detail, headers=headers)

    @app.exception_handler(RequestValidationError)
    async def validation(request: Request, error: RequestValidationError) -> ProblemResponse:
        # Without the input: it may be a secret, and the caller has it.
        errors = [
            {"at": "/".join(str(part) for part in each["loc"]), "message": each["msg"]}
            for each in error.errors()
        ]
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return ProblemResponse(request.scope, status, "The request is not valid.", errors)
