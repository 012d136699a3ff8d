"""Why a call to another service failed, beyond the errors of httpx itself."""

import httpx


class CircuitOpenError(httpx.TransportError):
    """The call was not made: its target failed too often a moment ago."""

    def __init__(self, target: str, retry_after: float) -> None:
        super().__init__(f"{target} is not available at the moment.")
        self.retry_after = retry_after
        """Seconds until a call may be tried; 0 while another call is trying."""


class BusyError(httpx.PoolTimeout):
    """The call was not made: all connections to its target stayed in use."""


class DeadlineError(httpx.TimeoutException):
    """The call was not made: the request that it is made for has no time left."""


class GivenUpError(httpx.ReadTimeout):
    """The call was given up before its target had the usual time for an answer.

    The request that it is made for had less time left, or the call had a shorter `timeout=`.
    """


class AnswerTooLargeError(httpx.DecodingError):
    """The answer is larger than the limit; the rest of it was not read."""


class ForeignTargetError(httpx.RequestError):
    """The call was not made: its URL is not one of the client's target."""


OURS = (
    httpx.LocalProtocolError,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    CircuitOpenError,
    DeadlineError,
)
"""Errors of this service itself: they show nothing about the target, and a repeated call would end
the same way."""


def is_failure(status: int) -> bool:
    """Returns whether an answer shows that its target is failing or overloaded."""
    return status >= 500 or status == 429
