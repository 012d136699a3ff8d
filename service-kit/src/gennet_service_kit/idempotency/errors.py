"""Why a request with an Idempotency-Key is not answered."""

from http import HTTPStatus

from starlette.exceptions import HTTPException

from ..problems import DomainError

RETRY_AFTER_SECONDS = 1


class KeyInUseError(HTTPException):
    """The first request with the key has no answer yet."""

    def __init__(self) -> None:
        super().__init__(
            HTTPStatus.CONFLICT,
            "A request with this Idempotency-Key is being worked on.",
            {"retry-after": str(RETRY_AFTER_SECONDS)},
        )


class KeyReusedError(DomainError):
    """The key was used for another request."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self) -> None:
        super().__init__("The Idempotency-Key was used for another request.")
