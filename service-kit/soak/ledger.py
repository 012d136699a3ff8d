"""What the service has promised, and which promises it broke."""

import random
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

LATE_SECONDS = 1.0
"""Within which all replicas know of a change, while the stores are there."""
RECOVERY_SECONDS = 10.0
"""Within which a service is as before when the stores are: its longest wait, and its checks."""


@dataclass
class Entry:
    """One thing whose creation was acknowledged."""

    id: str
    removing: bool = False
    """Whether its removal was asked for: it may be gone."""
    removed_at: float | None = None
    """When the removal was acknowledged."""


@dataclass
class Ledger:
    """Collects what was acknowledged and what was wrong."""

    entries: list[Entry] = field(default_factory=list)
    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    """By kind of request and status."""
    broken: list[str] = field(default_factory=list)
    """Promises that were not kept, each with what happened."""
    fault: str | None = None
    """What is wrong with the stores at the moment."""
    well_since: float = field(default_factory=time.monotonic)

    def breaks(self, what: str) -> None:
        """Records a promise that was not kept."""
        self.broken.append(f"{what} (during: {self.fault or 'no fault'})")

    def answered(self, kind: str, status: int, expected: set[int]) -> None:
        """Counts an answer; it may always be 503."""
        self.answers[kind, status] += 1
        if status not in {503, *expected}:
            self.breaks(f"{kind} was answered with {status}")

    def some(self) -> Entry | None:
        """Returns one of those that were made last, and are not being removed."""
        there = [each for each in self.entries[-200:] if not each.removing]
        return random.choice(there) if there else None  # noqa: S311

    def removed(self) -> Entry | None:
        """Returns one whose removal was acknowledged lately."""
        gone = [each for each in self.entries[-400:] if each.removed_at is not None]
        return random.choice(gone) if gone else None  # noqa: S311

    def read(self, entry: Entry, began: float, status: int, body: Any) -> None:
        """Judges what a read returned that began at this time."""
        if status == 404 and not entry.removing:
            self.breaks(f"an acknowledged write is lost: {entry.id}")
        if status != 200:
            return
        if body.get("id") != entry.id:
            self.breaks(f"a read of {entry.id} returned {body}")
        if entry.removed_at is not None and began > self.known_at(entry.removed_at):
            late = began - entry.removed_at
            self.breaks(f"a stale read: {entry.id}, removed {late:.1f} s before")

    def known_at(self, changed_at: float) -> float:
        """Returns when every replica knows of a change."""
        if self.fault is not None:
            # A replica may be without the messages of the others: then it keeps nothing itself.
            return max(changed_at + RECOVERY_SECONDS, self.well_since)
        return max(changed_at + LATE_SECONDS, self.well_since + RECOVERY_SECONDS)
