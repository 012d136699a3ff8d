"""Idempotency keys in the memory of this process: replicas do not share them."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from pydantic import TypeAdapter

from ..clock import Clock
from .errors import KeyInUseError, KeyReusedError
from .key import KEPT_SECONDS, IdempotencyKey

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept for a key."""

    fingerprint: bytes
    result: bytes
    until: float


class MemoryIdempotencyKeys:
    """Does the work of a key once, and returns its result again for `kept_seconds`.

    Of more than `most` keys the oldest are forgotten.
    """

    def __init__(
        self,
        kept_seconds: float = KEPT_SECONDS,
        most: int = 10_000,
        clock: Clock = time.monotonic,
    ) -> None:
        self._kept_seconds = kept_seconds
        self._most = most
        self._clock = clock
        self._kept: dict[bytes, Kept] = {}
        self._working: set[bytes] = set()

    async def once(
        self, key: IdempotencyKey | None, result: type[T], work: Callable[[], Awaitable[T]]
    ) -> T:
        """Returns the result of the work, or what it was before.

        Work that raises an error is done again the next time. `result` is the type of the result,
        which is kept as JSON. Without a key the work is done each time.

        Raises KeyInUseError while the same key is worked on, and KeyReusedError where it was used
        for another request.
        """
        if key is None:
            return await work()
        adapter = TypeAdapter(result)
        kept = self._kept.get(key.id)
        if kept is not None and kept.until > self._clock():
            if kept.fingerprint != key.fingerprint:
                raise KeyReusedError
            return adapter.validate_json(kept.result)
        if key.id in self._working:
            raise KeyInUseError
        self._working.add(key.id)
        try:
            done = await work()
        finally:
            self._working.discard(key.id)
        self._keep(key, adapter.dump_json(done))
        return done

    def _keep(self, key: IdempotencyKey, result: bytes) -> None:
        now = self._clock()
        self._kept.pop(key.id, None)
        self._kept[key.id] = Kept(key.fingerprint, result, now + self._kept_seconds)
        # The oldest come first, and expire first.
        while len(self._kept) > self._most or next(iter(self._kept.values())).until <= now:
            del self._kept[next(iter(self._kept))]
