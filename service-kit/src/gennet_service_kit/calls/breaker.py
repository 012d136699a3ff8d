"""The circuit breaker of one target, for this process alone."""

import random
import time
from collections import Counter, deque
from collections.abc import Callable
from enum import StrEnum

import structlog

from ..clock import Clock
from .errors import CircuitOpenError
from .settings import BreakerSettings

REMEMBERED_CALLS = 1000

log = structlog.stdlib.get_logger(__name__)


class State(StrEnum):
    """Closed, every call may be made; open, none; half-open, one at a time, which decides."""

    CLOSED = "closed"
    HALF_OPEN = "half-open"
    OPEN = "open"


class CircuitBreaker:
    """Admits calls to a target as long as they succeed often enough.

    A call is admitted, made and settled. A half-open breaker lets one call try; where that is not
    settled within `probe_seconds`, and at least within the open time, another one may.
    """

    def __init__(
        self,
        target: str,
        settings: BreakerSettings,
        clock: Clock = time.monotonic,
        uniform: Callable[[float, float], float] = random.uniform,
        probe_seconds: float = 0,
    ) -> None:
        self.target = target
        self.state = State.CLOSED
        self.rejections = 0
        self.transitions: Counter[State] = Counter()
        self.consecutive_failures = 0
        self._settings = settings
        self._clock = clock
        self._uniform = uniform
        self._probe_seconds = max(probe_seconds, settings.open_seconds)
        # When a call ended, and whether it failed; oldest first.
        self._recent: deque[tuple[float, bool]] = deque()
        self._recent_failures = 0
        # Until when calls are rejected while the breaker is not closed.
        self._blocked_until = 0.0
        # Calls of one period count; those that began in an earlier one do not.
        self._period = 0

    @property
    def retry_after(self) -> float:
        """Returns the seconds until a call may be tried; 0 where one is trying or may."""
        if self.state is not State.OPEN:
            return 0.0
        return max(0.0, self._blocked_until - self._clock())

    def check(self) -> None:
        """Raises CircuitOpenError where `admit` would, and changes nothing."""
        if self.state is not State.CLOSED and self._clock() < self._blocked_until:
            self.rejections += 1
            raise CircuitOpenError(self.target, self.retry_after)

    def admit(self) -> int:
        """Returns a permit for one call, for `settle` when it ended. Raises CircuitOpenError."""
        if self.state is not State.CLOSED:
            self.check()
            if self.state is State.OPEN:
                self._enter(State.HALF_OPEN)
            # This call is the probe. One before it that was never settled does not count any more.
            self._period += 1
            self._blocked_until = self._clock() + self._probe_seconds
        return self._period

    def settle(self, permit: int, succeeded: bool | None) -> None:
        """Ends a call; None means that its outcome shows nothing about the target."""
        if permit != self._period:
            return
        if self.state is State.HALF_OPEN:
            if succeeded is None:
                self._blocked_until = 0.0
            else:
                self._enter(State.CLOSED if succeeded else State.OPEN)
        elif succeeded is not None:
            self._count(not succeeded)

    def _count(self, failed: bool) -> None:
        now = self._clock()
        self._recent.append((now, failed))
        self._recent_failures += failed
        expired = now - self._settings.window_seconds
        while self._recent[0][0] <= expired or len(self._recent) > REMEMBERED_CALLS:
            self._recent_failures -= self._recent.popleft()[1]
        self.consecutive_failures = self.consecutive_failures + 1 if failed else 0
        if failed and self._is_too_much():
            self._enter(State.OPEN)

    def _is_too_much(self) -> bool:
        calls = len(self._recent)
        return self.consecutive_failures >= self._settings.consecutive_failures or (
            calls >= self._settings.minimum_calls
            and self._recent_failures >= self._settings.failure_rate * calls
        )

    def _enter(self, state: State) -> None:
        if state is State.OPEN:
            jitter = self._settings.jitter
            pause = self._settings.open_seconds * self._uniform(1 - jitter, 1 + jitter)
            self._blocked_until = self._clock() + pause
        if state is State.CLOSED:
            self._recent.clear()
            self._recent_failures = 0
            self.consecutive_failures = 0
        self.state = state
        self._period += 1
        self.transitions[state] += 1
        log.warning("circuit breaker", target=self.target, state=state)
