"""AWS's time here, and what is due when.

Two clocks, because they must not be mixed: timestamps in answers are real time (clients compare them with
their own clock), durations run `scale` times faster.
"""

from __future__ import annotations

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

log = logging.getLogger(__name__)


class Clock(Protocol):
    scale: float

    def elapsed(self) -> float:
        """AWS seconds since the start, monotonic."""
        ...

    def now(self) -> datetime:
        """Real time, aware, UTC."""
        ...


class ScaledClock:
    def __init__(self, scale: float) -> None:
        self.scale = scale
        self._start = time.monotonic()

    def elapsed(self) -> float:
        return (time.monotonic() - self._start) * self.scale

    def now(self) -> datetime:
        return datetime.now(UTC)


class Timeline:
    """Callbacks in AWS time. They run under `lock`, before any request that comes after their moment."""

    def __init__(self, clock: Clock, lock: threading.RLock) -> None:
        self.clock = clock
        self._lock = lock
        self._heap: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._wake = threading.Condition(threading.Lock())

    def after(self, seconds: float, callback: Callable[[], None]) -> None:
        with self._wake:
            heapq.heappush(self._heap, (self.clock.elapsed() + seconds, next(self._order), callback))
            self._wake.notify()

    def clear(self) -> None:
        with self._wake:
            self._heap.clear()

    def run_due(self) -> None:
        with self._lock:
            while callback := self._pop_due():
                try:
                    callback()
                except Exception:
                    # One broken transition must not stop every later one.
                    log.exception("a lifecycle step failed")

    def start(self) -> None:
        """Steps also happen when nobody asks: nodes appear without a Describe."""
        threading.Thread(target=self._run, name="timeline", daemon=True).start()

    def _pop_due(self) -> Callable[[], None] | None:
        with self._wake:
            if self._heap and self._heap[0][0] <= self.clock.elapsed():
                return heapq.heappop(self._heap)[2]
            return None

    def _run(self) -> None:
        while True:
            with self._wake:
                wait = 0.5
                if self._heap:
                    wait = max(0.0, (self._heap[0][0] - self.clock.elapsed()) / self.clock.scale)
                if wait > 0:
                    self._wake.wait(min(wait, 0.5))
            self.run_due()
