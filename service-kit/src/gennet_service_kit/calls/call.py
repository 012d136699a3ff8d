"""What is known about one call, over all of its attempts."""

from dataclasses import dataclass

import httpx

EXTENSION = "gennet_call"


@dataclass(slots=True)
class Call:
    """One call, as the log explains it."""

    target: str
    attempts: int = 0
    """So many times a request was sent."""
    status: int | None = None
    """Of the last answer."""
    seconds: float = 0.0
    """How long all of it took, once it has ended."""
    explained: bool = False
    """Whether its failure is in the log."""

    @staticmethod
    def of(request: httpx.Request) -> "Call":
        """Returns the call that a request belongs to."""
        call = request.extensions.get(EXTENSION)
        return call if isinstance(call, Call) else Call.begin(request, request.url.host)

    @staticmethod
    def begin(request: httpx.Request, target: str) -> "Call":
        """Returns a new call for a request."""
        call = Call(target)
        # A new dictionary: the request that follows a redirect shares that of the one before it.
        request.extensions = {**request.extensions, EXTENSION: call}
        return call
