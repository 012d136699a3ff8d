"""What must hold whatever the timing: after a confirmed drop nothing older is read."""

import asyncio
import random
import time

import pytest

from gennet_service_kit.cache.settings import RedisSettings

from .replicas import Database, Replica, replica

pytestmark = pytest.mark.anyio

SECONDS = 2.0
# A message of Redis needs a moment to the other replicas.
HEARD_SECONDS = 0.5


class Versions(Database):
    """Rows that are numbers which only grow; reading some of them takes longer than a lease."""

    def __init__(self) -> None:
        super().__init__(**dict.fromkeys("abcd", "0"))
        self.dropped: dict[str, list[tuple[float, int]]] = {key: [] for key in self.rows}

    async def read(self, key: str) -> str:
        value = await super().read(key)
        await asyncio.sleep(random.choice([0, 0, 0.01, 0.3]))  # noqa: S311  (no secret)
        return value

    def any_key(self) -> str:
        return random.choice(list(self.rows))  # noqa: S311

    async def change(self, replica: Replica) -> None:
        key = self.any_key()
        version = int(self.rows[key]) + 1
        await replica.change(key, str(version))
        self.dropped[key].append((time.monotonic(), version))

    def least(self, key: str) -> int:
        """The oldest version that may still be read."""
        heard = time.monotonic() - HEARD_SECONDS
        return max((version for at, version in self.dropped[key] if at <= heard), default=0)


async def test_no_replica_reads_what_was_before_a_confirmed_drop(
    redis_settings: RedisSettings,
) -> None:
    settings = redis_settings.model_copy(update={"lease_seconds": 0.1, "near_seconds": 5})
    versions, reads, stale = Versions(), 0, 0
    async with (
        replica(versions, settings) as one,
        replica(versions, settings) as two,
        replica(versions, settings) as three,
    ):
        replicas = [one, two, three]
        until = time.monotonic() + SECONDS

        async def write() -> None:
            while time.monotonic() < until:
                await versions.change(random.choice(replicas))  # noqa: S311
                await asyncio.sleep(random.random() * 0.02)  # noqa: S311

        async def read() -> None:
            nonlocal reads, stale
            while time.monotonic() < until:
                key = versions.any_key()
                least = versions.least(key)
                value = await random.choice(replicas).read(key)  # noqa: S311
                reads += 1
                stale += int(value) < least
                await asyncio.sleep(0)

        await asyncio.gather(*(write() for _ in range(3)), *(read() for _ in range(20)))
    assert stale == 0
    assert reads > 100
