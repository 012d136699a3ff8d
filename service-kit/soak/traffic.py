"""What callers ask of the service, all the time."""

import asyncio
import random
import time
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import httpx
from ledger import Entry, Ledger
from replicas import Replica

PACE_SECONDS = 0.03
"""Between two requests of a caller: the machine is shared with the stores."""
SLOWEST_SECONDS = 31.0
"""By default a request may take 30 s."""


class Traffic:
    """Callers of the resource at `path`, which keep count of what they were told."""

    def __init__(self, path: str, replicas: Sequence[Replica], ledger: Ledger) -> None:
        self._path = path
        self._replicas = replicas
        self._ledger = ledger
        self._ends = False

    async def run(self, callers: int) -> None:
        """Asks until `end`."""
        async with asyncio.TaskGroup() as group:
            for _ in range(callers):
                group.create_task(self._call())

    def end(self) -> None:
        """Lets every caller end what it has begun."""
        self._ends = True

    async def _call(self) -> None:
        kinds = [self.add, self.read, self.read, self.read, self.read_removed]
        kinds += [self.remove, self.list, self.relate, self.related]
        while not self._ends:
            serving = [each for each in self._replicas if each.serving]
            await random.choice(kinds)(random.choice(serving))  # noqa: S311
            await asyncio.sleep(PACE_SECONDS)

    async def ask(
        self, replica: Replica, kind: str, expected: set[int], method: str, path: str, **more: Any
    ) -> httpx.Response | None:
        """Returns the answer; None where there was none, which is a broken promise."""
        began = time.monotonic()
        replica.asking += 1
        try:
            answer = await replica.client.request(method, self._path + path, **more)
        except httpx.TransportError as error:
            self._ledger.breaks(f"{kind} was not answered: {error!r}")
            return None
        finally:
            replica.asking -= 1
        self._ledger.answered(kind, answer.status_code, expected)
        if answer.status_code == 503 and "retry-after" not in answer.headers:
            self._ledger.breaks(f"{kind} was refused without Retry-After: {answer.text}")
        if (took := time.monotonic() - began) > SLOWEST_SECONDS:
            self._ledger.breaks(f"{kind} took {took:.1f} s")
        return answer

    async def add(self, replica: Replica) -> bool:
        """Adds one, until that is acknowledged. Returns whether it was at once."""
        more = {"json": {"name": str(uuid4())}, "headers": {"idempotency-key": f'"{uuid4()}"'}}
        attempts = 1
        while True:
            answer = await self.ask(replica, "add", {201}, "POST", "", **more)
            if answer is not None and answer.status_code == 201:
                self._ledger.entries.append(Entry(answer.json()["id"]))
                return attempts == 1
            if self._ends or (answer is not None and answer.status_code != 503):
                return False
            attempts += 1
            replica = await self._another()

    async def remove(self, replica: Replica) -> None:
        """Removes one, until that is acknowledged; some are kept."""
        entry = self._ledger.some()
        if entry is None or random.random() < 0.3:  # noqa: S311
            return
        entry.removing = True
        while not self._ends:
            answer = await self.ask(replica, "remove", {204, 404}, "DELETE", f"/{entry.id}")
            if answer is not None and answer.status_code in (204, 404):
                entry.removed_at = time.monotonic()
                return
            replica = await self._another()

    async def read(self, replica: Replica, entry: Entry | None = None) -> bool:
        """Reads one that should be there. Returns whether it was answered."""
        entry = entry or self._ledger.some()
        if entry is None:
            return True
        began = time.monotonic()
        answer = await self.ask(replica, "read", {200, 404}, "GET", f"/{entry.id}")
        if answer is None or answer.status_code == 503:
            return False
        self._ledger.read(entry, began, answer.status_code, answer.json())
        return True

    async def read_removed(self, replica: Replica) -> None:
        """Reads one that should not be there."""
        if entry := self._ledger.removed():
            await self.read(replica, entry)

    async def list(self, replica: Replica) -> bool:
        """Reads a page. Returns whether it was answered."""
        answer = await self.ask(replica, "list", {200}, "GET", "?limit=20")
        return answer is not None and answer.status_code == 200

    async def relate(self, replica: Replica) -> bool:
        """Relates two in the graph. Returns whether that was done."""
        one, other = self._ledger.some(), self._ledger.some()
        if one is None or other is None or one is other:
            return True
        path = f"/{one.id}/related/{other.id}"
        answer = await self.ask(replica, "relate", {204, 404}, "PUT", path)
        return answer is not None and answer.status_code != 503

    async def related(self, replica: Replica) -> bool:
        """Asks the graph. Returns whether it answered."""
        entry = self._ledger.some()
        if entry is None:
            return True
        path = f"/{entry.id}/related?depth=2"
        answer = await self.ask(replica, "related", {200, 404}, "GET", path)
        return answer is not None and answer.status_code != 503

    async def _another(self) -> Replica:
        await asyncio.sleep(0.5)
        return random.choice([each for each in self._replicas if each.serving])  # noqa: S311
