"""How errors of the database are answered, where the service does not handle them itself."""

from http import HTTPStatus

import structlog
from fastapi import FastAPI, Request
from sqlalchemy.exc import IntegrityError

from ..problems import ProblemResponse
from .errors import DatabaseUnavailableError
from .reasons import chain_of, sqlstate_of

# Unique, exclusion and foreign key: what other requests stored stands against this one. A value
# that is missing or breaks a rule (23502, 23514) is a bug of the service, which validates first.
CONFLICTS = {"23505", "23P01", "23503"}
CONFLICT = "The request conflicts with what is stored already."

log = structlog.stdlib.get_logger(__name__)


def install_answers(app: FastAPI) -> None:
    """Answers with 503 while the database is unavailable, and with 409 where data conflict."""

    @app.exception_handler(DatabaseUnavailableError)
    async def unavailable(request: Request, error: DatabaseUnavailableError) -> ProblemResponse:
        headers = {"retry-after": str(error.retry_after)}
        return ProblemResponse(request.scope, error.status, str(error), headers=headers)

    @app.exception_handler(IntegrityError)
    async def conflict(request: Request, error: IntegrityError) -> ProblemResponse:
        if sqlstate_of(error.orig or error) not in CONFLICTS:
            raise error
        constraints = (getattr(each, "constraint_name", None) for each in chain_of(error))
        log.info("conflict in the database", constraint=next(filter(None, constraints), None))
        return ProblemResponse(request.scope, HTTPStatus.CONFLICT, CONFLICT)
