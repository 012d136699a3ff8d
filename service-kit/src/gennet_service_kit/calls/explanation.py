"""The one line in the log for each failed call."""

import httpx
import structlog

from .call import Call
from .errors import ForeignTargetError

log = structlog.stdlib.get_logger(__name__)


def explain(request: httpx.Request, error: httpx.HTTPError | None = None) -> None:
    """Logs why a call failed, unless that is in the log already.

    Without an error its answer is the reason. Queries, headers and bodies stay out of the log.
    """
    call = Call.of(request)
    if call.explained:
        return
    call.explained = True
    log.warning(
        "call failed",
        target=call.target,
        method=request.method,
        path=request.url.path,
        reason=f"answered {call.status}" if error is None else reason_of(error),
        status=call.status,
        attempts=call.attempts,
        duration_ms=round(call.seconds * 1000, 2),
    )


def reason_of(error: httpx.HTTPError) -> str:
    """Returns the kind of the error, and its text where that has no content of messages.

    Errors of HTTP's grammar quote what breaks it, which may be a secret.
    """
    name = type(error).__name__
    match error:
        case httpx.HTTPStatusError():
            return f"answered {error.response.status_code}"
        case httpx.RemoteProtocolError():
            text = str(error).partition(":")[0]
        case (
            httpx.NetworkError()
            | httpx.TimeoutException()
            | httpx.DecodingError()
            | ForeignTargetError()
        ):
            text = str(error)
        case _:
            text = ""
    return f"{name}: {text}" if text else name
