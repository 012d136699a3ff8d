"""The work of one server: in order, in its own thread, because AWS's lock must not wait for a database."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

log = logging.getLogger(__name__)


class Jobs:
    def __init__(self, name: str) -> None:
        self._name = name
        self._pool = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._lock = threading.Lock()
        self._waiting = 0
        self._ended = False
        self.failed = False

    @property
    def busy(self) -> bool:
        return self._waiting > 0

    def add(self, job: Callable[[], None]) -> None:
        if not self._ended:
            self._submit(job, False)

    def last(self, job: Callable[[], None]) -> None:
        """Runs even after a failure; what is added later is not done."""
        self._ended = True
        self._submit(job, True)
        self._pool.shutdown(wait=False)

    def _submit(self, job: Callable[[], None], anyway: bool) -> None:
        with self._lock:
            self._waiting += 1
        self._pool.submit(self._run, job, anyway)

    def _run(self, job: Callable[[], None], anyway: bool) -> None:
        try:
            if anyway or not self.failed:
                job()
        except Exception as error:
            self.failed = True
            log.warning("%s: %s", self._name, error)
        finally:
            with self._lock:
                self._waiting -= 1
