"""The circuit breaker of one target, of this process alone: it needs no other to work."""

import random
import time
from collections import Counter, deque
from collections.abc import Callable
from enum import StrEnum

import structlog

from .errors import CircuitOpenError
from .settings import BreakerSettings

Clock = Callable[[], float]
"""Seconds that only grow, such as those of time.monotonic."""

REMEMBERED_CALLS = 1000

log = structlog.stdlib.get_logger(__name__)


class State(StrEnum):
    CLOSED = "closed"
    HALF_OPEN = "half-open"
    OPEN = "open"


class CircuitBreaker:
    """Closed, every call may be made; open, none; half-open, one at a time, which decides."""

    def __init__(
        self,
        target: str,
        settings: BreakerSettings,
        clock: Clock = time.monotonic,
        uniform: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self.target = target
        self.state = State.CLOSED
        self.rejections = 0
        self.transitions: Counter[State] = Counter()
        self.consecutive_failures = 0
        self._settings = settings
        self._clock = clock
        self._uniform = uniform
        # When a call ended, and whether it failed; oldest first.
        self._recent: deque[tuple[float, bool]] = deque()
        self._recent_failures = 0
        self._opens_until = 0.0
        self._probing = False
        self._period = 0

    @property
    def retry_after(self) -> float:
        """Seconds until a call may be tried."""
        return max(0.0, self._opens_until - self._clock()) if self.state is State.OPEN else 0.0

    def admit(self) -> int:
        """A permit for one call, to be given to `settle` when it ended. Raises CircuitOpenError."""
        if self.state is State.OPEN and self._clock() >= self._opens_until:
            self._enter(State.HALF_OPEN)
        if self.state is State.OPEN or self._probing:
            self.rejections += 1
            raise CircuitOpenError(self.target, self.retry_after)
        self._probing = self.state is State.HALF_OPEN
        return self._period

    def settle(self, permit: int, succeeded: bool | None) -> None:
        """Ends a call; None says that it was given up, which tells nothing about the target."""
        if permit != self._period:
            # It began before the state changed: its outcome is old news.
            return
        if self.state is State.HALF_OPEN:
            self._probing = False
            if succeeded is not None:
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
            self._opens_until = self._clock() + pause
        if state is State.CLOSED:
            self._recent.clear()
            self._recent_failures = 0
            self.consecutive_failures = 0
        self.state = state
        self._probing = False
        self._period += 1
        self.transitions[state] += 1
        log.warning("circuit breaker", target=self.target, state=state)
