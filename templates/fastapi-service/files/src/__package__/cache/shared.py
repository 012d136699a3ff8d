import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import uuid4

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError

from .settings import RedisSettings

LEASE = "lease:"
STORE = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
"""
REMEMBERED_DROPS = 10_000
AWAY = (RedisError, OSError)

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True)
class Lease:
    """The right to store what is loaded from now on. Dropping the key ends it."""

    key: str
    token: str


class SharedCache:
    """Values in Redis, which all replicas see.

    A reader that finds no value leaves a lease in its place, and stores what it loaded only where
    that lease still is. A writer deletes whatever is there after its change: so what was loaded
    before the change is never stored after it. (Leases: Nishtala et al., Scaling Memcache at
    Facebook, NSDI 2013, section 3.2.1.)

    While Redis is away nothing is asked of it, until `recover` has reached it again.
    """

    def __init__(self, redis: Redis, settings: RedisSettings) -> None:
        self.channel = f"{settings.prefix}:dropped"
        self.reachable: bool | None = None
        """None: not tried yet."""
        self.when_lost: Callable[[], None] = nothing
        self._redis = redis
        self._settings = settings
        # Redis may still have the values of these: it has not confirmed that they are dropped.
        self._unconfirmed: dict[str, object] = {}

    async def look_up(self, key: str) -> str | Lease | None:
        """The value, or the lease to store it with, or None where Redis cannot be asked."""
        if not self.reachable or key in self._unconfirmed:
            return None
        token = f"{LEASE}{uuid4().hex}"
        milliseconds = int(self._settings.lease_seconds * 1000)
        try:
            found = await self._redis.set(
                self._name(key), token, px=milliseconds, nx=True, get=True
            )
        except AWAY as error:
            self.lose(error)
            return None
        if found is None:
            return Lease(key, token)
        value = str(found)
        return Lease(key, value) if value.startswith(LEASE) else value

    async def store(self, lease: Lease, value: str) -> None:
        if not self.reachable:
            return
        shorter = random.uniform(0, self._settings.ttl_jitter)  # noqa: S311
        milliseconds = int(self._settings.ttl_seconds * (1 - shorter) * 1000)
        try:
            await self._redis.eval(
                STORE, 1, self._name(lease.key), lease.token, value, milliseconds
            )
        except AWAY as error:
            self.lose(error)

    async def drop(self, key: str) -> None:
        """Deletes the value or lease, and tells all replicas; later, where Redis is away."""
        if len(self._unconfirmed) >= REMEMBERED_DROPS:
            # The oldest is the first whose value ends by itself.
            del self._unconfirmed[next(iter(self._unconfirmed))]
        drop = self._unconfirmed[key] = object()
        if not self.reachable:
            return
        try:
            await self._send({key: drop})
        except AWAY as error:
            self.lose(error)

    async def recover(self) -> None:
        """Reaches Redis, and drops there what could not be dropped. Raises one of AWAY."""
        # Sockets from before may be broken, or lead to a server that only reads now.
        await self._redis.connection_pool.disconnect(inuse_connections=False)
        await self._redis.set(f"{self._settings.prefix}:reached", "", px=1000)
        while self._unconfirmed:
            await self._send(dict(self._unconfirmed))
        if self.reachable is False:
            log.info("cache is back")
        self.reachable = True

    def lose(self, error: Exception) -> None:
        if self.reachable is not False:
            self.reachable = False
            log.warning("cache is away", error=reason(error))
            self.when_lost()

    async def _send(self, drops: Mapping[str, object]) -> None:
        async with self._redis.pipeline() as pipeline:
            for key in drops:
                pipeline.delete(self._name(key))
                pipeline.publish(self.channel, key)
            await pipeline.execute()
        for key, drop in drops.items():
            # There may have been another change meanwhile.
            if self._unconfirmed.get(key) is drop:
                del self._unconfirmed[key]

    def _name(self, key: str) -> str:
        return f"{self._settings.prefix}:{key}"


def reason(error: Exception) -> str:
    """What went wrong; of what the server says only its code, for it repeats what it was sent."""
    text = str(error)
    if isinstance(error, ResponseError):
        text = text.split(" ", 1)[0]
    return f"{type(error).__name__}: {text}"


def nothing() -> None:
    return
