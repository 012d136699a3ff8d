"""What was asked, for tests and for our own honesty. Never a parameter's value: those may be secrets."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import asdict, dataclass
from typing import Any

CAPACITY = 20_000


@dataclass
class Entry:
    seq: int
    time: str
    service: str
    operation: str
    region: str
    mutating: bool
    status: int | None = None
    errorCode: str | None = None
    violation: str | None = None
    fault: str | None = None

    def document(self) -> dict[str, Any]:
        optional = ("errorCode", "violation", "fault")
        return {k: v for k, v in asdict(self).items() if not (k in optional and v is None)}


class RequestLog:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: deque[Entry] = deque(maxlen=CAPACITY)
        self._next = 1

    def add(self, **fields: Any) -> Entry:
        """Recorded before it is handled, so that a killed client's last call is there."""
        with self._lock:
            entry = Entry(seq=self._next, **fields)
            self._next += 1
            self._entries.append(entry)
            return entry

    def since(self, seq: int) -> dict[str, Any]:
        """Entries with a number of at least `seq`; `next` is what to ask for the following time."""
        with self._lock:
            return {"items": [e.document() for e in self._entries if e.seq >= seq], "next": self._next}
