"""How much time the request that a call is made for has left."""

import httpx

from ..clock import Clock
from ..requests.context import current
from .errors import DeadlineError

LEAST_SECONDS = 0.001
"""Less is no time: a target is given whole milliseconds."""


def time_left(clock: Clock) -> float | None:
    """Returns the seconds until the current request's deadline, or None where it has none."""
    context = current.get()
    if context is None or context.deadline is None:
        return None
    return context.deadline - clock()


def require_time(clock: Clock, request: httpx.Request) -> float | None:
    """Returns the time left as `time_left`. Raises DeadlineError where there is none."""
    left = time_left(clock)
    if left is not None and left < LEAST_SECONDS:
        raise DeadlineError("no time is left for the call", request=request)
    return left
