from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager

import httpx

from <%= it.package %>.calls.breaker import (
    CircuitBreaker,
    State,
)
from <%= it.package %>.calls.deadline import deadline
from <%= it.package %>.calls.outgoing import Outgoing
from <%= it.package %>.calls.settings import (
    BreakerSettings,
    CallSettings,
    RetrySettings,
)

Backend = Callable[[httpx.Request], Coroutine[None, None, httpx.Response]]

ONE_FAILURE_OPENS = CallSettings(
    breaker=BreakerSettings(consecutive_failures=1, open_seconds=10, jitter=0),
    retries=RetrySettings(attempts=1),
)


class Clock:
    """Stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    @contextmanager
    def deadline_in(self, seconds: float) -> Iterator[None]:
        token = deadline.set(self.now + seconds)
        try:
            yield
        finally:
            deadline.reset(token)


def calls_to(backend: Backend, clock: Clock) -> Outgoing:
    """Calls that a function answers in place of a network."""
    return Outgoing(ONE_FAILURE_OPENS, clock, lambda _: httpx.MockTransport(backend))


def state_of(breaker: CircuitBreaker) -> State:
    """For comparisons: mypy would take the state that was seen last for the one it still is."""
    return breaker.state
