"""What only the store in memory does; what both do is in tests/database/test_idempotency.py."""

import pytest

from gennet_service_kit.idempotency.key import IdempotencyKey, digest
from gennet_service_kit.idempotency.memory import MemoryIdempotencyKeys

pytestmark = pytest.mark.anyio


async def test_the_oldest_keys_are_forgotten_when_there_are_too_many() -> None:
    keys = MemoryIdempotencyKeys(most=2)
    done: list[str] = []

    async def add(name: str) -> str:
        async def work() -> str:
            done.append(name)
            return name

        return await keys.once(IdempotencyKey(digest(name), b""), str, work)

    for name in ["a", "b", "c", "c", "b", "a"]:
        assert await add(name) == name

    assert done == ["a", "b", "c", "a"]


async def test_keys_that_expired_are_removed_with_the_next_one() -> None:
    now = 0.0
    keys = MemoryIdempotencyKeys(kept_seconds=10, clock=lambda: now)

    async def work() -> int:
        return 1

    for number in range(100):
        now = float(number)
        await keys.once(IdempotencyKey(digest(str(number)), b""), int, work)

    assert len(vars(keys)["_kept"]) == 10
